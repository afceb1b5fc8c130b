namespace Fonte;

/// <summary>Which rule an event breaks. The name, in kebab case, is the stable problem type over HTTP.</summary>
public enum EventProblem
{
    /// <summary>There is no topic.</summary>
    TopicMissing,

    /// <summary>A topic is empty, holds a forbidden character or is not valid Unicode.</summary>
    TopicInvalid,

    /// <summary>A topic is <c>*</c>, the wildcard matcher.</summary>
    TopicReserved,

    /// <summary>The event has more topics than the limit.</summary>
    TooManyTopics,

    /// <summary>A field is longer than its limit.</summary>
    TooLarge,

    /// <summary>The event ID holds a forbidden character or is not valid Unicode.</summary>
    IdInvalid,

    /// <summary>The event ID is one that only the hub may give.</summary>
    IdReserved,

    /// <summary>The type holds a forbidden character or is not valid Unicode.</summary>
    TypeInvalid,

    /// <summary>The type is one that only the hub may use.</summary>
    TypeReserved,

    /// <summary>The reconnection time is not a whole number of milliseconds, zero or more.</summary>
    RetryInvalid,

    /// <summary>The data is not valid UTF-8.</summary>
    DataInvalid,
}

/// <summary>A broken rule with the sentence that says what to change.</summary>
/// <param name="Problem">The rule.</param>
/// <param name="Sentence">What to change; never repeats what the publisher sent.</param>
public sealed record EventFault(EventProblem Problem, string Sentence);
