namespace Fonte;

/// <summary>Why a subscriber cannot be given everything after its cursor.</summary>
public enum GapReason
{
    /// <summary>The cursor is older than what the log keeps.</summary>
    Truncated,

    /// <summary>The cursor belongs to another log, or to a part of this one that was rolled back.</summary>
    OtherEpoch,

    /// <summary>The cursor is ahead of the log.</summary>
    Future,

    /// <summary>No kept event has this ID.</summary>
    Unknown,

    /// <summary>An event is not as it was written, and is passed over.</summary>
    Damaged,
}

/// <summary>What a subscriber misses, as told by <c>fonte-gap</c>.</summary>
/// <param name="Reason">Why.</param>
/// <param name="From">The cursor it asked to resume from, or where it was.</param>
internal sealed record ResumeGap(GapReason Reason, string From);

/// <summary>Where a subscriber starts.</summary>
/// <param name="Next">The first offset it has not seen.</param>
/// <param name="LastEventId">The value of <c>Mercure-Last-Event-ID</c>, or <see langword="null"/> when it asked for no cursor.</param>
/// <param name="Gap">What it misses, or <see langword="null"/>.</param>
internal sealed record ResumePoint(long Next, string? LastEventId, ResumeGap? Gap = null)
{
    /// <summary>What <see cref="IEventLog.Truncations"/> was: what had gone by then is not told again.</summary>
    internal long Truncations { get; init; }
}

internal static class GapReasons
{
    internal static string ToWireName(this GapReason reason) => reason switch
    {
        GapReason.Truncated => "truncated",
        GapReason.OtherEpoch => "other-epoch",
        GapReason.Future => "future",
        GapReason.Damaged => "damaged",
        _ => "unknown",
    };
}
