using Fonte.Programs;
using Fonte.UrlPatterns;
using Xunit;

namespace Fonte.Tests.UrlPatterns;

/// <summary>The dialect of groups' regular expressions (ECMA-262, with the flag <c>v</c>). The cases were chosen by hand, and their answers are those of another implementation.</summary>
public sealed class ExpressionTests
{
    [Theory]
    [InlineData(@"\d+", "42", "4a")]
    [InlineData(@"\D\W\S", "a-b", "1-b")]
    [InlineData(@"[\w\-.]+", "a-b.c_1", "a b")]
    [InlineData(@"[^\d\s]", "a", "1")]
    [InlineData(@"\x61\u0062\u{63}\u{0000064}", "abcd", "abce")]
    [InlineData(@"[\x61-\u{63}]", "b", "d")]
    [InlineData(@"\t\cA\0", "\t\u0001\0", "")]
    [InlineData(@"[\b]", "\b", "b")]
    [InlineData(@".", "a", "\n")]
    [InlineData(@"[^]", "\n", "")]
    [InlineData(@"a|[]", "a", "b")]
    [InlineData(@"[a^]|[^^]", "b", "")]
    [InlineData(@"a{2}b{1,}c{0,2}", "aabbcc", "abc")]
    [InlineData(@"a{02}", "aa", "a")]
    [InlineData(@"\ba-\Bb?", "a-", "a-b")]
    [InlineData(@"a\B_\b-", "a_-", "a-")]
    [InlineData(@"^a$", "a", "a\n")]
    [InlineData(@"\p{Lu}\p{Ll}\p{gc=Nd}\p{General_Category=Connector_Punctuation}", "Aa1_", "aa1_")]
    [InlineData(@"[\p{L}\P{ASCII}]+", "aZ", "1")]
    [InlineData(@"\P{P}", "a", "!")]
    [InlineData(@"a|\ud83d\ude00|[\u{1F600}-\u{1F64F}]", "a", "b")]
    [InlineData(@"a/b", "a/b", "a")]
    [InlineData(@"[\-\&\!]", "&", "\\")]
    public void Expression_matches_as_in_JavaScript(string expression, string match, string other)
    {
        var component = Compile($"({expression})");
        Assert.True(component.IsMatch(match));
        Assert.Equal([match], component.Match(match)!);
        Assert.False(component.IsMatch(other));
        Assert.Null(component.Match(other));
    }

    [Theory]
    [InlineData(@"(a*)?(.*)", "", "- []")]
    [InlineData(@"(a*)?(.*)", "ab", "[a] [b]")]
    [InlineData(@"(.*)?", "", "-")]
    [InlineData(@"((?:|a)+)*(.*)", "aab", "[aa] [b]")]
    [InlineData(@"((?:|a)*)(.*)", "aa", "[aa] []")]
    [InlineData(@"((?:a?){2,3})(.*)", "aaaa", "[aaa] [a]")]
    [InlineData(@"((?:a?){2,3})(.*)", "", "[] []")]
    [InlineData(@"((?:a??)*)(.*)", "aa", "[aa] []")]
    [InlineData(@"((?:a|ab)(?:c|bcd)?)(.*)", "abcd", "[abcd] []")]
    [InlineData(@"(a+?)(a*)", "aaa", "[a] [aa]")]
    [InlineData(@"(a{2,3}?)(a*)", "aaaa", "[aa] [aa]")]
    [InlineData(@"((?:\b|a)*)(.*)", "ab", "[a] [b]")]
    [InlineData(@"((?:^|a)+)(.*)", "aab", "[aa] [b]")]
    [InlineData(@"((?:(?:a|)(?:|b))*)(.*)", "abab", "[abab] []")]
    [InlineData(@"((?:(?:a?)+b?)*?)(b*)", "aabb", "[aab] [b]")]
    [InlineData(@"{x(a*)y}?(.*)", "xaay", "[aa] []")]
    [InlineData(@"{(a?)b}*(.*)", "abb", "[ab] []")]
    [InlineData(@"(|a)+(.*)", "a", "[a] []")]
    public void Groups_are_those_that_JavaScript_prefers(string pattern, string text, string expected)
    {
        var component = Compile(pattern);
        Assert.True(component.IsMatch(text));
        Assert.Equal(expected, string.Join(' ', component.Match(text)!.Select(group => group is null ? "-" : $"[{group}]")));
    }

    [Theory]
    [InlineData(@"\u{17f}\u212a", "sK", true)]
    [InlineData(@"[\u0080-\u{10ffff}]", "s", true)]
    [InlineData(@"[^\x00-\x7f]", "k", false)]
    [InlineData(@"\p{Lu}", "a", true)]
    [InlineData(@"\P{Lu}", "A", false)]
    [InlineData(@"[^a]", "A", false)]
    [InlineData(@"[A-Z_]+", "a_", true)]
    public void Case_is_ignored_as_in_JavaScript(string expression, string text, bool expected) =>
        Assert.Equal(expected, PatternComponent.Compile($"({expression})", PatternOptions.Default with { IgnoreCase = true }, value => value).IsMatch(text));

    [Theory]
    [InlineData(@"[\d-z]")]
    [InlineData(@"[a-\d]")]
    [InlineData(@"[z-a]")]
    [InlineData(@"[a-]")]
    [InlineData(@"[a|b]")]
    [InlineData(@"[a~~b]")]
    [InlineData(@"[^^^]")]
    [InlineData(@"[\B]")]
    [InlineData(@"[ab")]
    [InlineData(@"\00")]
    [InlineData(@"\-")]
    [InlineData(@"\a")]
    [InlineData(@"\c1")]
    [InlineData(@"\x1")]
    [InlineData(@"\u12")]
    [InlineData(@"\u{110000}")]
    [InlineData(@"\u{}")]
    [InlineData(@"\pL")]
    [InlineData(@"^*")]
    [InlineData(@"\b?")]
    [InlineData(@"a**")]
    [InlineData(@"a{2}{3}")]
    [InlineData(@"a{,2}")]
    [InlineData(@"a{3,2}")]
    [InlineData(@"a{1")]
    [InlineData(@"{1}")]
    [InlineData(@"a|*")]
    [InlineData(@"a}")]
    [InlineData(@"a]")]
    [InlineData(@"(?:a")]
    public void What_JavaScript_refuses_is_refused_with_a_sentence(string expression) => Refuses($"({expression})", "A group");

    [Theory]
    [InlineData(@"a\1", "a back reference")]
    [InlineData(@"\k<a>", "a back reference")]
    [InlineData(@"a(?=b)", "a lookaround")]
    [InlineData(@"a(?!b)", "a lookaround")]
    [InlineData(@"a(?<=b)", "a lookaround")]
    [InlineData(@"a(?<!b)", "a lookaround")]
    [InlineData(@"a(?<b>c)", "a capturing group")]
    [InlineData(@"a(?i:b)", "a modifier")]
    [InlineData(@"[[a-z]--[a]]", "a set operation")]
    [InlineData(@"[a&&b]", "&&")]
    [InlineData(@"[\q{ab}]", "\\q")]
    [InlineData(@"\p{Script=Greek}", "the property Script=Greek")]
    [InlineData(@"\p{RGI_Emoji}", "the property RGI_Emoji")]
    public void What_is_not_supported_is_named(string expression, string named) => Refuses($"({expression})", named);

    [Theory]
    [InlineData(@"a{501}")]
    [InlineData(@"(?:a{30}){30}")]
    [InlineData(@"(?:(?:(?:(?:|){9999}){9999}){9999}){9999}")]
    [InlineData(@"a{99999999999999999999,}")]
    [InlineData(@"[a-z]{0,300}")]
    public void Expression_that_becomes_too_long_is_refused(string expression) => Refuses($"({expression})", "more than 500 instructions");

    [Fact]
    public void Length_is_that_of_all_groups_of_a_pattern()
    {
        Assert.NotNull(UrlPattern.Parse("https://a/(a{247})/(b{247})"));
        var exception = Assert.Throws<PatternException>(() => UrlPattern.Parse("https://(a{250})/(a{150})?(q{101})"));
        Assert.Contains("more than 500 instructions", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_repeated_is_nothing_however_often()
    {
        Assert.True(Compile("(a(?:(?:(?:){9999}){9999}){9999}(?:b{0}){99999})").IsMatch("a"));
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Assert.True(Compile($"({Nested(50)})").IsMatch("a"));
        Refuses($"({Nested(51)})", "nests");
        Refuses($"({Nested(100_000)})", "nests");
    }

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("(?:", depth)) + "a" + new string(')', depth);

    private static void Refuses(string pattern, string named)
    {
        var exception = Assert.Throws<PatternException>(() => Compile(pattern));
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", exception.Message, StringComparison.Ordinal);
    }

    private static PatternComponent Compile(string pattern) => PatternComponent.Compile(pattern, PatternOptions.Default, value => value);
}
