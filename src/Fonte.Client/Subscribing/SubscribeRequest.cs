namespace Fonte.Client;

/// <summary>What to subscribe to, and from where.</summary>
public sealed class SubscribeRequest
{
    /// <summary>The topic matcher that selects every topic.</summary>
    public const string AllTopics = "*";

    /// <summary>The last event ID that asks for everything the hub retains.</summary>
    public const string Earliest = "earliest";

    /// <summary>Gets the topics, each compared exactly, or <see cref="AllTopics"/>; at least one, none of them empty.</summary>
    /// <remarks>Sent as repeated <c>match</c> parameters. An event that several select is given once.</remarks>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Gets the ID of the last event already seen, or <see cref="Earliest"/>.</summary>
    /// <value>Null by default; null and empty start with what is published from now on.</value>
    public string? LastEventId { get; init; }

    /// <summary>Gets the time with which to begin: with the first event that the hub committed then or later.</summary>
    /// <value>Null by default. A last event ID wins over it, also one that came from the stream before a reconnection.</value>
    /// <remarks>Sent as the parameter <c>since</c>, an extension of Fonte that other hubs ignore.</remarks>
    public DateTimeOffset? Since { get; init; }

    internal void ThrowIfInvalid(string parameterName)
    {
        if (Topics is not { Count: > 0 })
            throw new ArgumentException("A subscription needs at least one topic.", parameterName);
        foreach (var topic in Topics)
        {
            UnicodeText.ThrowIfIllFormed(topic, parameterName);
            if (topic.Length == 0)
                throw new ArgumentException("A topic must not be empty.", parameterName);
        }

        if (LastEventId is null)
            return;
        UnicodeText.ThrowIfIllFormed(LastEventId, parameterName);
        if (LastEventId.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
            throw new ArgumentException("A last event ID has no CR, LF or NUL.", parameterName);
    }
}
