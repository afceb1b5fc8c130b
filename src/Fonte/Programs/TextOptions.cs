namespace Fonte.Programs;

/// <summary>What is special in the texts that a program is for.</summary>
/// <param name="Delimiter">What <see cref="Operation.NotDelimiter"/> does not take, or <c>\0</c> for nothing.</param>
/// <param name="IgnoreCase">Whether letters match without regard to their case.</param>
internal readonly record struct TextOptions(char Delimiter, bool IgnoreCase);
