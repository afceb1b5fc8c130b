namespace Fonte.LogBench;

/// <summary>A row cannot be measured, or the run cannot start; the message is a sentence.</summary>
internal sealed class LogBenchException(string message) : Exception(message);
