namespace Fonte.AspNetCore.Tests;

/// <summary>A log that is damaged as long as a test says so.</summary>
internal sealed class UnreadableLog(IEventLog inner) : IEventLog
{
    internal bool IsUnreadable { get; set; }

    public LogIdentity Identity => inner.Identity;

    public long OldestOffset => inner.OldestOffset;

    public long NextOffset => inner.NextOffset;

    public string? Fault => inner.Fault;

    public long Truncations => inner.Truncations;

    public long Erasures => inner.Erasures;

    public long SizeBytes => inner.SizeBytes;

    public ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default) => inner.AppendAsync(request, cancellationToken);

    public LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes) =>
        IsUnreadable ? throw new LogDamagedException("Told to fail.") : inner.Read(topics, from, maxEvents, maxBytes);

    public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) => inner.WaitForTailAsync(nextOffset, cancellationToken);

    public long? FindEventId(string id) => inner.FindEventId(id);

    public long FindTime(long timeMicroseconds) => inner.FindTime(timeMicroseconds);

    public long TruncatedTo(TopicSelection topics) => inner.TruncatedTo(topics);

    // Of a test that goes on with it.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
