using System.Security.Cryptography;

namespace Fonte.PeerBench;

/// <summary>What authorization and patterns cost where events are delivered.</summary>
internal static class GrantedRow
{
    private const string Issuer = "https://issuer.example";
    private const string Resource = "https://hub.example/.well-known/mercure";
    private const string Pattern = "https://example.com/users/:id/items/7{/*}?";
    private const string Topic = "https://example.com/users/42/items/7/parts";

    public static readonly Row Row = new(
        "granted", "500 subscribers, 2,000 100-byte events/s offered, private, selected and granted by URL Patterns, against public and by exact topic: server CPU a delivery",
        async (run, cancellationToken) =>
        {
            var plain = await MeasureAsync(run, isGranted: false, cancellationToken);
            var granted = await MeasureAsync(run, isGranted: true, cancellationToken);
            return new()
            {
                ["public and exact, µs"] = plain.MicrosecondsPerDelivery,
                ["private and by pattern, µs"] = granted.MicrosecondsPerDelivery,
                ["ratio"] = granted.MicrosecondsPerDelivery / plain.MicrosecondsPerDelivery,
            };
        },
        new Dictionary<string, (double, double)>());

    private static async Task<LoadReport> MeasureAsync(RowRun run, bool isGranted, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>
        {
            ["FONTE__RESOURCE"] = Resource,
            ["FONTE__ISSUERS__0__ISSUER"] = Issuer,
            ["FONTE__ISSUERS__0__SECRET"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        };
        using var server = await run.StartAsync(new FontePeer("fonte-aot", run.Options.Aot) { Settings = settings }, cancellationToken);
        var hub = server.Peer.Load.Url + "/.well-known/mercure";
        var report = await (server.Peer.Load with
        {
            Url = $"{hub}?{(isGranted ? "match_urlpattern" : "match")}={Uri.EscapeDataString(isGranted ? Pattern : Topic)}",
            PublishUrl = hub,
            PublishBody = $"topic={Uri.EscapeDataString(Topic)}{(isGranted ? "&private=on" : "")}&data={{data}}",
            PublishType = "application/x-www-form-urlencoded",
            Token = isGranted ? await TokenAsync(run, settings, cancellationToken) : null,
            Subscribers = 500,
            Rate = 2000,
            WarmUp = 2,
        }).RunAsync(run.Options.Placement, cancellationToken);
        return report.Faults.Length == 0 ? report : throw new PeerBenchException($"Not everything was delivered as it should be: {report.Faults}.");
    }

    private static async Task<string> TokenAsync(RowRun run, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        using var tool = ChildProcess.Start(run.Options.Placement.LoadCores, run.Options.Aot, ["token", "--publish-urlpattern", Pattern, "--subscribe-urlpattern", Pattern], run.Options.Data, settings);
        var (output, error, code) = await tool.EndAsync(cancellationToken);
        return code == 0 ? output.Trim() : throw new PeerBenchException($"No token was made: {error.Trim()}");
    }
}
