namespace Fonte.Services;

/// <summary>What a handler throws for an event that can never succeed: its content makes no sense. It is a dead letter at once, with this sentence.</summary>
public sealed class ImpossibleEventException : Exception
{
    /// <summary>Makes one with its sentence.</summary>
    public ImpossibleEventException(string message) : base(message) { }

    /// <summary>Makes one with its sentence and its cause.</summary>
    public ImpossibleEventException(string message, Exception? innerException) : base(message, innerException) { }
}
