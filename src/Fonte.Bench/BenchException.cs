namespace Fonte.Bench;

/// <summary>The run cannot start or cannot go on; the message is a sentence for the person who started it.</summary>
public sealed class BenchException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public BenchException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with its sentence and what caused it.</summary>
    public BenchException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with a general sentence.</summary>
    public BenchException() : base("The load run failed.")
    {
    }
}
