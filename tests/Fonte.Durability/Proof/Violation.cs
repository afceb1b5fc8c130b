namespace Fonte.Durability;

internal enum ViolationKind
{
    /// <summary>Acknowledged or delivered to others, still kept, and never received.</summary>
    Lost,

    /// <summary>Not received, perhaps because it was truncated, but the subscriber was not told before it went on.</summary>
    Untold,

    /// <summary>Received again, on a connection or across a reconnection; or one published event as two.</summary>
    Twice,

    OutOfOrder,

    /// <summary>The hub told of a gap that cannot be, told it wrongly, or did not accept a cursor of its own.</summary>
    Gap,

    /// <summary>Not what was published under that ID.</summary>
    Content,

    /// <summary>Received, but refused to its publisher or never published.</summary>
    Ghost,

    /// <summary>An event ID that is no position, or that stands for two events.</summary>
    Identity,

    /// <summary>A publish was answered otherwise than by 200, or by 503 that says whether it was appended.</summary>
    Answer,

    /// <summary>Streams or publishing stood still when they had to go on.</summary>
    Stuck,
}

/// <summary>One way in which the records contradict the invariants.</summary>
internal sealed record Violation(ViolationKind Kind, string Sentence);

/// <summary>Counts violations, and keeps the first of each kind, at most 20 together.</summary>
internal sealed class ViolationList
{
    private const int MaximumKept = 20;
    private const int MaximumKeptOfKind = 5;
    private readonly List<Violation> _kept = [];
    private readonly Dictionary<ViolationKind, long> _counts = [];

    public IReadOnlyList<Violation> Kept => _kept;

    public IReadOnlyDictionary<ViolationKind, long> Counts => _counts;

    public void Add(ViolationKind kind, string sentence)
    {
        var count = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (count <= MaximumKeptOfKind && _kept.Count < MaximumKept)
            _kept.Add(new Violation(kind, sentence));
    }
}
