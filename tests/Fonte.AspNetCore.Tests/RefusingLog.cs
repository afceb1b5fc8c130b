namespace Fonte.AspNetCore.Tests;

/// <summary>A log that takes nothing and, when told so, finds nothing.</summary>
internal sealed class RefusingLog : IEventLog
{
    internal AppendOutcome Outcome { get; init; } = AppendOutcome.Unavailable;

    internal bool Unreadable { get; init; }

    public LogIdentity Identity { get; } = new([new LogEpoch("abcdefghijkl", 1)]);

    public long OldestOffset => 1;

    public long NextOffset => 1;

    public string? Fault { get; set; }

    public ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default) => new(new AppendResult(Outcome));

    public LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes) => new(from, from, []);

    public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) => Task.Delay(Timeout.Infinite, cancellationToken);

    public long? FindEventId(string id) => Unreadable ? throw new LogDamagedException("Told to fail.") : null;

    public long FindTime(long timeMicroseconds) => 1;

    public long TruncatedTo(TopicSelection topics) => 1;

    public long Truncations => 0;

    public long Erasures => 0;

    public long SizeBytes => 0;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
