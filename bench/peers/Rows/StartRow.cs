using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fonte.Bench;

namespace Fonte.PeerBench;

/// <summary>The native server on an empty log.</summary>
internal static class StartRow
{
    public static readonly Row Row = new(
        "start", "the native server on an empty log: memory a second after it is ready (PSS), and the time from its start until /readyz answers 200",
        async (run, cancellationToken) =>
        {
            var folder = Path.Combine(run.Options.Data, $"start-{Guid.NewGuid():N}");
            Directory.CreateDirectory(folder);
            try
            {
                const int Port = 18_099;
                var begun = Stopwatch.GetTimestamp();
                using var child = ChildProcess.Start(run.Options.Placement.ServerCores, run.Options.Aot, ["serve", "--dev", "--urls", $"http://127.0.0.1:{Port}", "--data", folder], folder: null);
                await WaitUntilReadyAsync(new(IPAddress.Loopback, Port), cancellationToken);
                var ready = Stopwatch.GetElapsedTime(begun);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                return new() { ["ready after, ms"] = ready.TotalMilliseconds, ["memory, MB"] = ServerProcesses.Find(child.Process.Id, Port)!.Memory / 1e6 };
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        },
        new Dictionary<string, (double, double)> { ["ready after, ms"] = (300, 100), ["memory, MB"] = (40, 25) });

    private static async Task WaitUntilReadyAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var request = Encoding.ASCII.GetBytes($"GET /readyz HTTP/1.1\r\nHost: {endPoint}\r\nConnection: close\r\n\r\n");
        while (true)
        {
            try
            {
                using var exchange = await HttpExchange.ConnectAsync(endPoint, cancellationToken);
                if ((await exchange.SendAsync(request, cancellationToken)).IsSuccess) return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), cancellationToken);
            }
        }
    }
}
