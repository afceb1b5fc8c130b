namespace Fonte.Durability;

/// <summary>A log that is what another one is, for those that change one thing.</summary>
internal abstract class SabotagedLog(IEventLog log) : IEventLog
{
    public LogIdentity Identity => Log.Identity;

    public long OldestOffset => Log.OldestOffset;

    public long NextOffset => Log.NextOffset;

    public string? Fault => Log.Fault;

    public long Truncations => Log.Truncations;

    public long Erasures => Log.Erasures;

    public long SizeBytes => Log.SizeBytes;

    protected IEventLog Log { get; } = log;

    public virtual ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default) =>
        Log.AppendAsync(request, cancellationToken);

    public virtual LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes) => Log.Read(topics, from, maxEvents, maxBytes);

    public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) => Log.WaitForTailAsync(nextOffset, cancellationToken);

    public long? FindEventId(string id) => Log.FindEventId(id);

    public long FindTime(long timeMicroseconds) => Log.FindTime(timeMicroseconds);

    public long TruncatedTo(TopicSelection topics) => Log.TruncatedTo(topics);

    public virtual ValueTask DisposeAsync() => Log.DisposeAsync();
}
