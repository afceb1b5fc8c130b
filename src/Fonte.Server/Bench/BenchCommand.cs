using System.CommandLine;
using Fonte.Bench;

namespace Fonte.Server;

/// <summary><c>fonte bench</c>: load on a server of this machine, with an account of every event.</summary>
internal static class BenchCommand
{
    internal static Command Create()
    {
        var url = new Option<string>("--url") { Description = "The hub, or an event stream to listen to; on this machine only.", DefaultValueFactory = _ => "http://127.0.0.1:8000" };
        var subscribers = Number("--subscribers", "How many event streams are opened.", 1000);
        var rate = Number("--rate", "How many events a second are published; 0 only listens.", 10);
        var size = Number("--size", "Bytes of data in an event.", 100);
        var seconds = Number("--seconds", "For how long, once all are connected.", 10);
        var topics = Number("--topics", "Over how many topics events and subscribers are spread.", 1);
        var publishUrl = new Option<string?>("--publish-url") { Description = "Where another server than a hub takes events by POST; --url is then its event stream." };
        var publishBody = new Option<string>("--publish-body") { Description = "What is posted there; {data} stands for the event's data. Default: {data}", DefaultValueFactory = _ => "{data}" };
        var publishType = new Option<string>("--publish-type") { Description = "The content type of that. Default: text/plain", DefaultValueFactory = _ => "text/plain" };
        var process = Number("--pid", "The server's process, for its processor time and memory, 0 for those that listen at the URL's port.", 0);
        var settle = Number("--settle", "Seconds that all stay idle before their memory is measured.", 0);
        var stalled = Number("--stalled", "How many of the subscribers read nothing until all others have everything.", 0);
        var http2 = new Option<bool>("--http2") { Description = "HTTP/2 instead of HTTP/1.1, for an https URL." };
        var compare = new Option<bool>("--compare-transports") { Description = "Polling, long polling, SSE and WebSocket, one after the other with as many clients each, as a table; publishes 1 event a second unless --rate says otherwise." };
        var interval = Number("--poll-interval", "For --compare-transports, how many seconds lie between two polls.", 1);
        var token = HubCall.TokenOption();
        var json = new Option<bool>("--json") { Description = "The report as one JSON object." };
        var command = new Command("bench", "Measures a server: deliveries per second, latency, and every event lost, doubled or out of order.")
        {
            url, subscribers, rate, size, seconds, topics, publishUrl, publishBody, publishType, process, settle, stalled, http2, token, compare, interval, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            DescriptorLimit.Raise();
            using var bar = new ProgressBar();
            var options = new BenchOptions
            {
                Url = parsed.GetValue(url)!,
                Subscribers = parsed.GetValue(subscribers),
                Rate = parsed.GetValue(compare) && parsed.GetResult(rate) is not { Implicit: false } ? 1 : parsed.GetValue(rate),
                Size = parsed.GetValue(size),
                Seconds = parsed.GetValue(seconds),
                Topics = parsed.GetValue(topics),
                PublishUrl = parsed.GetValue(publishUrl),
                PublishBody = parsed.GetValue(publishBody)!,
                PublishType = parsed.GetValue(publishType)!,
                ProcessId = parsed.GetValue(process) is > 0 and var given ? given : null,
                SettleSeconds = parsed.GetValue(settle),
                Stalled = parsed.GetValue(stalled),
                Http2 = parsed.GetValue(http2),
                Token = HubCall.TokenOf(parsed.GetValue(token)),
                Json = parsed.GetValue(json),
                Progress = bar,
            };
            try
            {
                if (parsed.GetValue(compare))
                {
                    var comparison = await TransportComparison.RunAsync(options, TimeSpan.FromSeconds(Math.Max(1, parsed.GetValue(interval))), Console.Out, cancellationToken).ConfigureAwait(false);
                    return comparison.IsClean ? 0 : FonteCommand.Failed;
                }
                var report = await BenchRunner.RunAsync(options, Console.Out, cancellationToken).ConfigureAwait(false);
                return report.IsClean ? 0 : FonteCommand.Failed;
            }
            catch (BenchException exception)
            {
                throw new CommandException(exception.Message, FonteCommand.CannotStart);
            }
        });
        return command;
    }

    private static Option<int> Number(string name, string description, int usual) =>
        new(name) { Description = $"{description} Default: {usual}", DefaultValueFactory = _ => usual, CustomParser = result => (int)OptionErrors.Whole(int.MaxValue)(result) };
}
