namespace Fonte.Client;

/// <summary>What to subscribe to, and from where.</summary>
public sealed class SubscribeRequest
{
    /// <summary>The topic matcher that selects every topic.</summary>
    public const string AllTopics = "*";

    /// <summary>The last event ID that asks for everything the hub retains.</summary>
    public const string Earliest = "earliest";

    /// <summary>Gets the topics, each compared exactly, or <see cref="AllTopics"/>; none of them empty, and at least one where there is no pattern.</summary>
    /// <remarks>Sent as repeated <c>match</c> parameters. An event that several select is given once.</remarks>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Gets URL Patterns of topics (WHATWG URL Pattern), such as <c>https://example.com/books/:id</c>; none of them empty.</summary>
    /// <remarks>Sent as repeated <c>match_urlpattern</c> parameters. The hub tells if one is not well formed.</remarks>
    public IReadOnlyList<string> Patterns { get; init; } = [];

    /// <summary>Gets the ID of the last event already seen, or <see cref="Earliest"/>.</summary>
    /// <value>Null by default; null and empty start with what is published from now on.</value>
    public string? LastEventId { get; init; }

    /// <summary>Gets the time with which to begin: with the first event that the hub committed then or later.</summary>
    /// <value>Null by default. A last event ID wins over it, also one that came from the stream before a reconnection.</value>
    /// <remarks>Sent as the parameter <c>since</c>, an extension of Fonte that other hubs ignore.</remarks>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets whether positions are given too: values without data, of which <see cref="ReceivedEvent.IsPosition"/> is true.</summary>
    /// <value>False by default.</value>
    /// <remarks>
    /// A hub tells how far it has come also where no event was for this subscriber. Who keeps the last event ID beside its effects, to go on after a restart, keeps these too: otherwise that of a quiet
    /// topic grows old, until the hub no longer retains what follows it.
    /// </remarks>
    public bool IncludePositions { get; init; }

    internal void ThrowIfInvalid(string parameterName)
    {
        if (Topics is null || Patterns is null || Topics.Count + Patterns.Count == 0)
            throw new ArgumentException("A subscription needs at least one topic.", parameterName);
        foreach (var topic in Topics.Concat(Patterns))
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
