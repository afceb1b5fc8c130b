using System.CommandLine;

namespace Fonte.Server;

/// <summary><c>fonte match</c>: whether a URL Pattern selects a topic, with its groups, and why not.</summary>
internal static class MatchCommand
{
    private const string DefaultBase = "http://127.0.0.1:8000" + EventRules.HubPath;

    internal static Command Create()
    {
        var pattern = new Option<string>("--pattern", "-p") { Description = "The URL Pattern, such as https://example.com/books/:id.", Required = true };
        var topic = new Option<string>("--topic", "-t") { Description = "The topic.", Required = true };
        var hub = new Option<string>("--base") { Description = $"The hub's URL, for what is relative. Default: {DefaultBase}", DefaultValueFactory = _ => DefaultBase };
        var command = new Command("match", "Tells whether a URL Pattern selects a topic. The exit code is 0 if it does, 1 if not, 2 for a wrong pattern.") { pattern, topic, hub };
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed.GetValue(pattern)!, parsed.GetValue(topic)!, parsed.GetValue(hub)!)));
        return command;
    }

    private static int Run(string pattern, string topic, string hub)
    {
        if (pattern.Length == 0 || topic.Length == 0) throw new CommandException("Neither the pattern nor the topic may be empty.", FonteCommand.CannotStart);
        TopicMatcher matcher;
        try
        {
            matcher = TopicMatcher.UrlPattern(pattern, hub);
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(Sentence(exception), FonteCommand.CannotStart);
        }
        if (matcher == TopicMatcher.Wildcard)
        {
            Console.Out.WriteLine("yes: * selects every topic");
            return 0;
        }
        var components = matcher.Explain(topic);
        Console.Out.WriteLine(Verdict(components));
        if (components.Count > 0) Console.Out.WriteLine();
        Print(components);
        return components.Count > 0 && components.All(component => component.Groups is not null) ? 0 : FonteCommand.Failed;
    }

    private static string Verdict(IReadOnlyList<TopicComponentMatch> components)
    {
        if (components.Count == 0) return "no: the topic cannot be read as a URL, so no URL Pattern selects it";
        var different = components.Where(component => component.Groups is null).Select(component => component.Name).ToList();
        return different.Count == 0 ? "yes: the pattern selects the topic" : $"no: {string.Join(" and ", different)} {(different.Count == 1 ? "does" : "do")} not match";
    }

    private static void Print(IReadOnlyList<TopicComponentMatch> components)
    {
        var shown = components.Where(component => component.Groups is null || component.Input.Length > 0 || component.Pattern is not ("" or "*")).ToList();
        var (name, pattern) = (shown.Select(each => each.Name.Length).DefaultIfEmpty().Max(), shown.Select(each => each.Pattern.Length).DefaultIfEmpty().Max());
        foreach (var component in shown)
        {
            var groups = component.Groups is null ? "does not match" : string.Join(", ", component.Groups.Where(group => group.Value is not null).Select(group => $"{group.Key} = {group.Value}"));
            Console.Out.WriteLine($"  {component.Name.PadRight(name)}  {component.Pattern.PadRight(pattern)}  {component.Input}{(groups.Length > 0 ? $"  ({groups})" : "")}");
        }
    }

    // Without what ArgumentException adds.
    private static string Sentence(ArgumentException exception) => exception.InnerException?.Message ?? exception.Message.Split(" (Parameter")[0];
}
