using System.Globalization;

namespace Fonte.PeerBench;

/// <summary>Who does not read costs the others nothing, and gets everything when it reads again.</summary>
internal static class StalledRow
{
    public static readonly Row Row = new(
        "stalled", "1,000 stalled subscribers beside 1,000 reading ones, 20 events/s of 5,000 bytes for 20 s after the 5 s in which the sockets fill: p99 of the reading ones against none stalled; then the stalled read",
        async (run, cancellationToken) =>
        {
            var none = await run.LoadAsync(load => load with { Subscribers = 1000, Rate = 20, Size = 5000, Seconds = 25, WarmUp = 5 }, cancellationToken);
            var before = SocketMegabytes();
            var peak = 0.0;
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var watch = Task.Run(async () =>
            {
                while (!watching.IsCancellationRequested)
                {
                    peak = Math.Max(peak, SocketMegabytes());
                    await Task.Delay(100, CancellationToken.None);
                }
            }, CancellationToken.None);
            var with = await run.LoadAsync(load => load with { Subscribers = 2000, Stalled = 1000, Rate = 20, Size = 5000, Seconds = 25, WarmUp = 5 }, cancellationToken);
            await watching.CancelAsync();
            await watch;
            return new()
            {
                ["none stalled: p99, ms"] = none.P99,
                ["1,000 stalled: p99, ms"] = with.P99,
                ["ratio"] = with.P99 / none.P99,
                ["memory of the process grows, MB"] = ((with.MemoryAfter - with.MemoryIdle) - (none.MemoryAfter - none.MemoryIdle)) / 1e6,
                ["kernel socket memory, MB"] = peak - before,
            };
        },
        new Dictionary<string, (double, double)> { ["ratio"] = (1.3, 1.1), ["memory of the process grows, MB"] = (20, 20), ["kernel socket memory, MB"] = (300, 200) });

    // TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 1, in pages; of all sockets, those of the load too.
    private static double SocketMegabytes()
    {
        var line = File.ReadLines("/proc/net/sockstat").First(line => line.StartsWith("TCP:", StringComparison.Ordinal)).Split(' ');
        return long.Parse(line[Array.IndexOf(line, "mem") + 1], CultureInfo.InvariantCulture) * Environment.SystemPageSize / 1e6;
    }
}
