using System.CommandLine;
using Fonte.Client;

namespace Fonte.Server;

/// <summary><c>fonte subscribe</c>: prints events as they come, and resumes by itself when the connection breaks.</summary>
internal static class SubscribeCommand
{
    internal static Command Create()
    {
        var url = HubAddress.Option();
        var topics = new Option<string[]>("--match", "-m") { Description = "A topic; * for every topic. May be repeated." };
        topics.RefuseEmpty("A topic must not be empty; * is for every topic.");
        var patterns = new Option<string[]>("--match-urlpattern", "-p") { Description = "A URL Pattern of topics, such as https://example.com/books/:id. May be repeated." };
        patterns.RefuseEmpty("A pattern must not be empty.");
        var token = HubCall.TokenOption();
        var cursor = new Option<string?>("--last-event-id") { Description = "Begins after this event; earliest for everything that is kept. Default: at the present" };
        var since = new Option<DateTimeOffset?>("--since") { Description = "Begins with what was published at this time or later, such as 2026-05-01T12:00:00Z. A last event ID wins over it.", CustomParser = Times.Parse };
        var json = new Option<bool>("--json") { Description = "One JSON object per event and line." };
        var command = new Command("subscribe", "Prints events as they come, until Ctrl-C.") { url, topics, patterns, cursor, since, json, token };
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new SubscribeRequest { Topics = parsed.GetValue(topics) ?? [], Patterns = parsed.GetValue(patterns) ?? [], LastEventId = parsed.GetValue(cursor), Since = parsed.GetValue(since) };
            if (request.Topics.Count + request.Patterns.Count == 0) throw new CommandException("Say what to subscribe to; give --match or --match-urlpattern.", FonteCommand.CannotStart);
            Func<ReceivedEvent, string> format = parsed.GetValue(json) ? EventLines.Json : EventLines.Text;
            return HubCall.RunAsync(parsed.GetValue(url)!, parsed.GetValue(token), async client =>
            {
                await foreach (var received in client.SubscribeAsync(request, cancellationToken).ConfigureAwait(false))
                {
                    // As in "fonte subscribe … | head -n 1".
                    if (!StandardOutput.WriteLine(format(received))) break;
                }
            }, cancellationToken);
        });
        return command;
    }
}
