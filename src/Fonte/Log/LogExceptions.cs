namespace Fonte;

/// <summary>The log cannot be opened. The message is a sentence for the operator that names the file.</summary>
public sealed class LogUnavailableException : Exception
{
    /// <summary>Makes one with the sentence for the operator.</summary>
    public LogUnavailableException(string message) : base(message) { }

    /// <summary>Makes one with the sentence for the operator and what caused it.</summary>
    public LogUnavailableException(string message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>An event in the log is not as it was written.</summary>
public sealed class LogDamagedException : Exception
{
    /// <summary>Makes one with a sentence that names the file and the offset.</summary>
    public LogDamagedException(string message) : base(message) { }

    /// <summary>Makes one with a sentence that names the file, and what caused it.</summary>
    public LogDamagedException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>The offset of the one event that is damaged; <see langword="null"/> when more than that cannot be read.</summary>
    public long? Offset { get; init; }
}
