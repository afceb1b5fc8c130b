using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fonte.ReplicaBench;

/// <summary>Follows a log by a replica in a new folder.</summary>
internal sealed class Following : IReplicaHost
{
    private volatile IEventLog? _log;

    internal static SharedRecordFormat Format { get; } = new(new byte[32], new(), ReservedNamespace.Default);

    /// <summary>How long it takes, and how much processor time of this process.</summary>
    internal static async Task<(TimeSpan Took, TimeSpan Used)> RunAsync(BenchBroker broker, int events, Func<Task>? fill)
    {
        var folder = Directory.CreateTempSubdirectory("fonte-replica-bench").FullName;
        var host = new Following();
        var settings = new ReplicaSettings
        {
            Directory = folder,
            Local = epoch => new() { Directory = folder, Replica = epoch, BallastBytes = 0, Synchronous = SqliteSynchronous.Normal, Retention = new() { MaxAge = TimeSpan.Zero } },
            Format = Format,
            Loggers = NullLoggerFactory.Instance,
        };
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var took = Stopwatch.StartNew();
        await using (var replica = new SharedLogReplica(broker.Connect(), settings, host))
        {
            await replica.StartAsync();
            // Its mark comes behind everything that was there.
            while (replica.Fault is not null) await Task.Delay(5);
            if (fill is not null)
            {
                var end = host._log!.NextOffset + events;
                took.Restart();
                await fill();
                while (host._log!.NextOffset < end) await Task.Delay(1);
            }
            took.Stop();
        }
        var used = Process.GetCurrentProcess().TotalProcessorTime - before;
        if (host._log!.NextOffset < events) throw new InvalidOperationException($"The replica ends at {host._log.NextOffset}.");
        await host._log.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        return (took.Elapsed, used);
    }

    public Task TakeAsync(IEventLog log)
    {
        _log = log;
        return Task.CompletedTask;
    }

    public Task ReleaseAsync() => throw new InvalidOperationException("The log is another.");
}
