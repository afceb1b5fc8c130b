namespace Fonte;

/// <summary>Events that are to go, and the marks that tell of it. Done by the writer in steps, each in the transaction of a commit.</summary>
internal sealed class Removal
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Everything below this offset goes; 0 for nothing.</summary>
    internal long Below { get; init; }

    /// <summary>Single events that go, at most a few hundred.</summary>
    internal IReadOnlyList<long> Offsets { get; init; } = [];

    /// <summary>For each topic that loses events by itself, below which offset it lacks some.</summary>
    internal IReadOnlyDictionary<string, long> Topics { get; init; } = new Dictionary<string, long>();

    /// <summary>The rule under which the events go, and below which offset its topics lack some.</summary>
    internal (string Pattern, long To)? Rule { get; init; }

    /// <summary>Whether the bytes are to be overwritten and not only freed.</summary>
    internal bool IsErasure { get; init; }

    /// <summary>The topic whose erasure is over with this, for whoever asked for it in the database.</summary>
    internal string? ErasedTopic { get; init; }

    /// <summary>How many events that erasure took.</summary>
    internal long ErasedCount { get; init; }

    /// <summary>How many events are gone.</summary>
    internal long Removed { get; set; }

    /// <summary>Completes when all of it is durable; fails when the log is closed before.</summary>
    internal Task Done => _done.Task;

    internal void Complete() => _done.TrySetResult();

    internal void Abandon() => _done.TrySetCanceled();
}
