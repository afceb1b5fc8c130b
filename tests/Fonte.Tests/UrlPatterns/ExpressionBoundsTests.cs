using Fonte.UrlPatterns;
using Xunit;

namespace Fonte.Tests.UrlPatterns;

/// <summary>What a stranger's regular expression can cost (CWE-1333, CWE-770).</summary>
public sealed class ExpressionBoundsTests
{
    private static readonly string Long = new('a', 16_384);

    // A backtracking engine would be at most of these for longer than the universe is old.
    [Theory]
    [InlineData("((?:a|aa)+b)")]
    [InlineData("((?:a|a)*b)")]
    [InlineData("((?:(?:(?:a*)*)*)*b)")]
    [InlineData("((?:(?:a?)+?|a*)*b)")]
    [InlineData("((?:a?){150}a{150}b)")]
    [InlineData("((?:a?|a?){90}b)")]
    [InlineData("(.*a.{100}b)")]
    [InlineData("((?:(?:a+)+)*(?:a+)+b)")]
    [InlineData("((?:\\b|a|\\B|^|$)*b)")]
    public void Expression_made_to_backtrack_is_matched_in_linear_time(string pattern)
    {
        var component = Compile(pattern);
        Assert.False(component.IsMatch(Long));
        Assert.Null(component.Match(Long[..2048]));
    }

    [Theory]
    [InlineData("(\\d+)")]
    [InlineData("(.*[a-m].{12})")]
    [InlineData("((?:.?){240})")]
    [InlineData("((?:[a-f]|[c-z]|\\w|\\p{L}|(?:a*)*)*)")]
    public void Matching_leaves_nothing_in_memory(string pattern)
    {
        var component = Compile(pattern);
        string[] texts = [.. Enumerable.Range(1, 256).Select(length => Long[..(length * 8)])];
        foreach (var text in texts) component.IsMatch(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var text in texts) component.IsMatch(text);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, texts.Length);
    }

    [Theory]
    [InlineData("(\\d+)", 64)]
    [InlineData("((?:.?){249})", 3100)]
    [InlineData("((?:.*.?){124})", 3100)]
    public void Pattern_holds_six_bytes_an_instruction_and_sixteen_a_set(string pattern, int most) =>
        Assert.InRange(PartNodes.Compile(PatternParser.Parse(pattern, PatternOptions.Default, value => value), PatternOptions.Default).Bytes, 1, most);

    [Fact]
    public void Expression_of_only_different_sets_holds_some_kilobytes()
    {
        var pattern = $"({string.Concat(Enumerable.Range(0, 498).Select(n => $"[{(char)('a' + (n % 26))}{(char)('A' + (n / 26))}]"))})";
        Assert.InRange(PartNodes.Compile(PatternParser.Parse(pattern, PatternOptions.Default, value => value), PatternOptions.Default).Bytes, 1, 12_000);
    }

    private static PatternComponent Compile(string pattern) => PatternComponent.Compile(pattern, PatternOptions.Default, value => value);
}
