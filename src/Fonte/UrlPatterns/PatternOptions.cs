using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>What is special in a component (WHATWG URL Pattern, "Options").</summary>
/// <param name="Delimiter">What a segment wildcard does not match, or <c>\0</c> for nothing.</param>
/// <param name="Prefix">What belongs to the group that it stands before, or <c>\0</c> for nothing.</param>
internal readonly record struct PatternOptions(char Delimiter, char Prefix)
{
    internal static readonly PatternOptions Default = new('\0', '\0');
    internal static readonly PatternOptions Hostname = new('.', '\0');
    internal static readonly PatternOptions Pathname = new('/', '/');

    /// <summary>Whether letters match without regard to their case. The draft forbids it to hubs; the standard has it.</summary>
    internal bool IgnoreCase { get; init; }

    /// <summary>What of them a program needs.</summary>
    internal TextOptions Text => new(Delimiter, IgnoreCase);

    /// <summary>The regular expression that a segment wildcard stands for.</summary>
    internal string SegmentWildcard => Delimiter switch
    {
        '\0' => "[^]+?",
        _ => $"[^\\{Delimiter}]+?",
    };
}
