namespace Fonte.Services;

/// <summary>What carries the events refuses one for good: it is too large, or its key or type is nothing that can be carried. It is a dead letter, and those behind it are sent.</summary>
public sealed class RefusedEventException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="refused">The event.</param>
    /// <param name="message">Why, in a sentence.</param>
    /// <param name="innerException">The cause.</param>
    public RefusedEventException(OutboxEvent refused, string message, Exception? innerException = null) : base(message, innerException) => Refused = refused;

    /// <summary>The event.</summary>
    public OutboxEvent Refused { get; }
}
