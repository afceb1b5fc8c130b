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
        var json = new Option<bool>("--json") { Description = "The report as one JSON object." };
        var command = new Command("bench", "Measures a server: deliveries per second, latency, and every event lost, doubled or out of order.")
        {
            url, subscribers, rate, size, seconds, topics, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            DescriptorLimit.Raise();
            var options = new BenchOptions
            {
                Url = parsed.GetValue(url)!,
                Subscribers = parsed.GetValue(subscribers),
                Rate = parsed.GetValue(rate),
                Size = parsed.GetValue(size),
                Seconds = parsed.GetValue(seconds),
                Topics = parsed.GetValue(topics),
                Json = parsed.GetValue(json),
            };
            try
            {
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
