using System.CommandLine;
using System.Globalization;

namespace Fonte.Server;

/// <summary>A value of <c>--retention-topic</c>: a pattern, and how long or how many of its topics' events are kept.</summary>
internal sealed record RetentionTopic(string Pattern, TimeSpan? MaxAge, int? KeepLast)
{
    private const string Section = "Fonte:Retention:Topics";

    internal static Option<string[]> Option()
    {
        var option = new Option<string[]>("--retention-topic")
        {
            Description = "A rule for some topics, such as 'sensors/*=max-age:1h,keep-last:10'. May be repeated; the first that selects a topic counts.",
        };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!TryParse(token.Value, out _)) result.AddError($"{option.Name}: '{token.Value}' is not a rule; write it like 'sensors/*=max-age:1h,keep-last:10'.");
            }
        });
        return option;
    }

    /// <summary>The values as settings.</summary>
    internal static IEnumerable<KeyValuePair<string, string?>> Settings(string[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!TryParse(values[i], out var rule)) continue;
            yield return new($"{Section}:{i}:{nameof(Pattern)}", rule.Pattern);
            if (rule.MaxAge is { } age) yield return new($"{Section}:{i}:{nameof(MaxAge)}", age.ToString("c", CultureInfo.InvariantCulture));
            if (rule.KeepLast is { } count) yield return new($"{Section}:{i}:{nameof(KeepLast)}", count.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Refuses rules from two places: the configuration merges lists by index, and half of one rule would join half of another.</summary>
    /// <exception cref="CommandException">There are rules on the command line and in the settings.</exception>
    internal static void RefuseMixture(IConfiguration settings, IEnumerable<KeyValuePair<string, string?>> commandLine)
    {
        if (!commandLine.Any(setting => setting.Key.StartsWith(Section, StringComparison.Ordinal)) || !settings.GetSection(Section).GetChildren().Any()) return;
        throw new CommandException($"--retention-topic and {Section} in the settings exclude each other; give all rules in one place.", FonteCommand.CannotStart);
    }

    private static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RetentionTopic? topic)
    {
        topic = null;
        // The last, since a topic may be a URL with a query.
        var equals = text.LastIndexOf('=');
        if (equals < 1) return false;
        TimeSpan? maxAge = null;
        int? keepLast = null;
        foreach (var rule in text[(equals + 1)..].Split(','))
        {
            var (name, value) = rule.IndexOf(':') is var colon and >= 0 ? (rule[..colon], rule[(colon + 1)..]) : (rule, "");
            if (name == "max-age" && maxAge is null && Durations.TryParse(value, out var age)) maxAge = age;
            else if (name == "keep-last" && keepLast is null && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) keepLast = count;
            else return false;
        }
        topic = new(text[..equals], maxAge, keepLast);
        return true;
    }
}
