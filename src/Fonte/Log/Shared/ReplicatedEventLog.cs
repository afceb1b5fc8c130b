namespace Fonte;

/// <summary>A shared log as a hub sees it: it reads from its replica, and appends by way of the broker.</summary>
internal sealed class ReplicatedEventLog(SqliteEventLog local, SharedLogReplica replica) : IEventLog
{
    public LogIdentity Identity => local.Identity;

    public long OldestOffset => local.OldestOffset;

    public long NextOffset => local.NextOffset;

    public string? Fault => replica.Fault ?? local.Fault;

    public long Truncations => local.Truncations;

    public long Erasures => local.Erasures;

    public long SizeBytes => local.SizeBytes;

    internal SqliteEventLog Local => local;

    /// <summary>This hub, as it is told to others.</summary>
    internal string Tag => replica.Tag;

    /// <summary>Whether another hub has been silent for so long that it counts as gone.</summary>
    internal bool IsGone(string tag) => replica.Others.IsGone(tag);

    /// <summary>Whether everything that was in the shared log was here once, since this began.</summary>
    internal bool WasCurrent => replica.WasCurrent;

    /// <summary>Waits until everything that was in the shared log when this was called is here; false when that cannot be said in time.</summary>
    internal Task<bool> CatchUpAsync(CancellationToken cancellationToken) => replica.CatchUpAsync(cancellationToken);

    public ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default) => replica.AppendAsync(request, cancellationToken);

    public LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes) => local.Read(topics, from, maxEvents, maxBytes);

    public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) => local.WaitForTailAsync(nextOffset, cancellationToken);

    public long? FindEventId(string id) => local.FindEventId(id);

    public long FindTime(long timeMicroseconds) => local.FindTime(timeMicroseconds);

    public long TruncatedTo(TopicSelection topics) => local.TruncatedTo(topics);

    public ValueTask DisposeAsync() => local.DisposeAsync();
}
