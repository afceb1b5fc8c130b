namespace Fonte.Programs;

/// <summary>A pattern is not well formed, or uses what is not supported. The message is a sentence for whoever wrote it.</summary>
internal sealed class PatternException(string message) : Exception(message);
