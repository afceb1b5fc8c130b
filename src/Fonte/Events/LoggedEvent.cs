namespace Fonte;

/// <summary>An event as the log holds it: durable, with its place and its time.</summary>
public sealed class LoggedEvent : IOffsetItem
{
    /// <summary>The place in the log; increases from event to event, though not always by one.</summary>
    public required long Offset { get; init; }

    /// <summary>When it was committed, in microseconds since 1970 UTC; never less than that of the event before.</summary>
    public required long TimeMicroseconds { get; init; }

    /// <summary>The canonical topic first, then alternates.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>The content, as UTF-8.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The publisher's own event ID; <see langword="null"/> where the position serves as ID.</summary>
    public string? Id { get; init; }

    /// <summary>The SSE event type, or <see langword="null"/>.</summary>
    public string? Type { get; init; }

    /// <summary>The reconnection time in milliseconds, or <see langword="null"/>.</summary>
    public int? RetryMilliseconds { get; init; }

    /// <summary>Whether only subscribers granted one of the topics may receive it.</summary>
    public bool Private { get; init; }

    /// <summary>The key of <see cref="Id"/> in the index; set only on the way into the log.</summary>
    internal long? IdHash { get; init; }

    /// <summary>About how many bytes of memory the event takes.</summary>
    public int Size => EventSize.Of(Topics, Data.Length, Id, Type);
}
