using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>Opens the hub's log at the application's start.</summary>
internal sealed class EventLogSource(Func<IServiceProvider, IEventLog> open)
{
    internal IEventLog Open(IServiceProvider services) => open(services);

    /// <summary>The log that the options name: in SQLite, or in memory.</summary>
    internal static IEventLog OpenByOptions(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<FonteHttpOptions>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
        if (options.Data == FonteOptions.InMemory) return new MemoryEventLog(options.MemoryLogBytes, time);
        var log = new SqliteLogOptions
        {
            Directory = options.Data,
            Synchronous = options.Synchronous,
            MaxPendingBytes = options.MaxPendingBytes,
            Retention = options.Retention,
            BallastBytes = options.BallastBytes,
            TimeProvider = time,
        };
        return SqliteEventLog.Open(log, services.GetRequiredService<ILogger<SqliteEventLog>>());
    }

    /// <summary>How the replica of a shared log is kept: a power cut may take its newest commits, which are read again.</summary>
    internal static SqliteLogOptions ReplicaOptions(FonteHttpOptions options, TimeProvider time, LogEpoch epoch) => new()
    {
        Directory = options.Data,
        Synchronous = SqliteSynchronous.Normal,
        MaxPendingBytes = options.MaxPendingBytes,
        Retention = options.Retention,
        BallastBytes = options.BallastBytes,
        TimeProvider = time,
        Replica = epoch,
    };
}
