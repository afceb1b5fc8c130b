using System.Text;
using System.Text.Unicode;

namespace Fonte;

/// <summary>The one validator of events, shared by every way in: HTTP, code and brokers (Mercure draft -08, "Publication").</summary>
public static class EventRules
{
    /// <summary>What every ID that the hub gives begins with, and topics of records of its own, wherever it is mapped; publishers may not use it for either.</summary>
    public const string HubIdPrefix = "urn:fonte:";

    /// <summary>The type of the in-band event that tells a subscriber of a gap; publishers may not use it.</summary>
    public const string GapType = "fonte-gap";

    /// <summary>The type of the hub's own events in the draft; publishers may not use it.</summary>
    public const string HubType = "mercure";

    /// <summary>The cursor before the oldest event; never an event ID.</summary>
    public const string Earliest = "earliest";

    /// <summary>The hub's path, unless it is mapped at another. Topics that are this path or lie below it are the hub's own; publishers may not use them.</summary>
    public const string HubPath = "/.well-known/mercure";

    /// <summary>Finds the first rule that the event breaks, or <see langword="null"/> when it keeps them all.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="draft"/> or <paramref name="limits"/> is null.</exception>
    public static EventFault? Check(EventDraft draft, EventLimits limits)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(limits);
        return Check(draft, limits, ReservedNamespace.Default);
    }

    /// <summary>The same for a hub at another path; or with null for what the hub itself has put into the log.</summary>
    internal static EventFault? Check(EventDraft draft, EventLimits limits, ReservedNamespace? reserved) =>
        CheckTopics(draft.Topics, limits, reserved) ?? CheckId(draft.Id, limits) ?? CheckType(draft.Type, limits, isOfHub: reserved is null) ?? CheckRest(draft, limits);

    private static EventFault? CheckTopics(IReadOnlyList<string> topics, EventLimits limits, ReservedNamespace? reserved)
    {
        if (topics is null || topics.Count == 0)
            return new(EventProblem.TopicMissing, "Give at least one topic.");
        if (topics.Count > limits.MaxTopics)
            return new(EventProblem.TooManyTopics, $"Give at most {limits.MaxTopics} topics.");
        for (var i = 0; i < topics.Count; i++)
        {
            if (CheckTopic(topics[i], limits, reserved) is { } fault) return fault;
        }
        return null;
    }

    private static EventFault? CheckTopic(string? topic, EventLimits limits, ReservedNamespace? reserved)
    {
        if (string.IsNullOrEmpty(topic))
            return new(EventProblem.TopicInvalid, "A topic is empty; leave it out or name it.");
        if (topic is "*")
            return new(EventProblem.TopicReserved, "The topic * is reserved for the matcher that matches every topic; use another name.");
        if (!TextRules.IsClean(topic))
            return new(EventProblem.TopicInvalid, "A topic holds a control or format character or is not valid Unicode; remove it.");
        if (reserved is not null && topic.StartsWith(HubIdPrefix, StringComparison.OrdinalIgnoreCase))
            return new(EventProblem.TopicReserved, $"Topics that begin with {HubIdPrefix} are the hub's own; use another.");
        if (reserved?.Holds(topic) == true)
            return new(EventProblem.TopicReserved, $"Topics at {reserved.Path} are the hub's own; use another.");
        return TooLong(topic, limits.MaxTopicBytes)
            ? new(EventProblem.TooLarge, $"A topic is longer than {limits.MaxTopicBytes} bytes; shorten it.")
            : null;
    }

    private static EventFault? CheckId(string? id, EventLimits limits)
    {
        if (id is null) return null;
        if (id.Length == 0 || !TextRules.IsClean(id))
            return new(EventProblem.IdInvalid, "The id is empty, holds a control or format character or is not valid Unicode; change it or leave it out.");
        if (id is Earliest || id[0] == '#' || id.StartsWith(HubIdPrefix, StringComparison.OrdinalIgnoreCase))
            return new(EventProblem.IdReserved, $"The id may not be \"{Earliest}\" and may not start with # or {HubIdPrefix}; use another or leave it out.");
        return TooLong(id, limits.MaxIdBytes)
            ? new(EventProblem.TooLarge, $"The id is longer than {limits.MaxIdBytes} bytes; shorten it.")
            : null;
    }

    private static EventFault? CheckType(string? type, EventLimits limits, bool isOfHub)
    {
        if (type is null) return null;
        if (type.Length == 0 || !TextRules.IsClean(type))
            return new(EventProblem.TypeInvalid, "The type is empty, holds a control or format character or is not valid Unicode; change it or leave it out.");
        if (type is GapType || (type is HubType && !isOfHub))
            return new(EventProblem.TypeReserved, $"The types \"{HubType}\" and \"{GapType}\" are the hub's own; use another.");
        return TooLong(type, limits.MaxTypeBytes)
            ? new(EventProblem.TooLarge, $"The type is longer than {limits.MaxTypeBytes} bytes; shorten it.")
            : null;
    }

    private static EventFault? CheckRest(EventDraft draft, EventLimits limits)
    {
        if (draft.RetryMilliseconds < 0)
            return new(EventProblem.RetryInvalid, "The retry is negative; give whole milliseconds, zero or more.");
        if (draft.Data.Length > limits.MaxDataBytes)
            return new(EventProblem.TooLarge, $"The data is longer than {limits.MaxDataBytes} bytes; publish less, or a link to it.");
        return Utf8.IsValid(draft.Data.Span) ? null : new(EventProblem.DataInvalid, "The data is not valid UTF-8; encode it so.");
    }

    private static bool TooLong(string text, int maxBytes) =>
        text.Length > maxBytes || (text.Length * 3 > maxBytes && Encoding.UTF8.GetByteCount(text) > maxBytes);
}
