using Microsoft.Extensions.Logging;

namespace Fonte;

/// <summary>How the replica of a shared log is kept.</summary>
internal sealed class ReplicaSettings
{
    /// <summary>How the log in the folder is opened; its folder is the replica's, and may be lost.</summary>
    internal required Func<LogEpoch, SqliteLogOptions> Local { get; init; }

    /// <summary>The folder of the replica.</summary>
    internal required string Directory { get; init; }

    internal required SharedRecordFormat Format { get; init; }

    internal required ILoggerFactory Loggers { get; init; }

    internal FonteMetrics? Metrics { get; init; }

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many bytes of events may be on their way to the broker and back.</summary>
    internal long MaxPendingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How often the hub puts a mark into the log, by which it is also known to be there.</summary>
    internal TimeSpan MarkInterval => HubLease / 3;

    /// <summary>How long another hub counts as there without a sign.</summary>
    internal TimeSpan HubLease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For how long a mark that was read back says that the replica is current.</summary>
    internal TimeSpan MarkLifetime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long an append waits until it is read back.</summary>
    internal TimeSpan AppendTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait for a record that must be there.</summary>
    internal TimeSpan LookTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait before the next try, at first and at most.</summary>
    internal (TimeSpan Shortest, TimeSpan Longest) Backoff { get; init; } = (TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(3));
}

/// <summary>Who serves what the replica holds.</summary>
internal interface IReplicaHost
{
    /// <summary>Serves this log from now on.</summary>
    Task TakeAsync(IEventLog log);

    /// <summary>Lets the log go that it serves, and closes it: another takes its place.</summary>
    Task ReleaseAsync();
}
