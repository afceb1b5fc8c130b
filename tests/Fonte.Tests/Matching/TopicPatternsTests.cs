using Fonte.UrlPatterns;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.Tests.Matching;

public sealed class TopicPatternsTests
{
    private static readonly HubUrl Hub = new("https://hub.example/.well-known/mercure");

    [Theory]
    [InlineData("https://example.com/books/:id", "https://example.com/books/1", true)]
    [InlineData("https://example.com/books/:id", "https://EXAMPLE.com:443/books/1", true)]
    [InlineData("https://example.com/books/:id", "https://example.com/books/1/pages", false)]
    [InlineData("https://example.com/books/:id", "https://example.com/Books/1", false)]
    [InlineData("https://example.com/users/42/*", "https://example.com/users/42/books/1", true)]
    [InlineData("https://example.com/users/42/*", "https://example.com/users/421/books/1", false)]
    [InlineData("/books/:id", "/books/1", true)]
    [InlineData("/books/:id", "https://hub.example/books/1", true)]
    [InlineData("https://hub.example/books/:id", "/books/1", true)]
    [InlineData("/books/:id", "https://example.com/books/1", false)]
    [InlineData("/.well-known/mercure/subscriptions/exact/:topic/:subscriber", "/.well-known/mercure/subscriptions/exact/a/urn%3Auuid%3A1", true)]
    [InlineData("urn\\:isbn\\:*", "urn:isbn:123", true)]
    [InlineData("urn:isbn", "urn:isbn", false)]
    [InlineData("https://example.com/x\\\\y", "https://example.com/x\\y", true)]
    [InlineData("https://example.com/x\\\\y", "https://example.com/xy", false)]
    [InlineData("https://example.com/(\\d+)", "https://example.com/42", true)]
    [InlineData("https://example.com/(\\d+)", "https://example.com/%D9%A3", false)]
    [InlineData("https://example.com/books/:id", "http://[", false)]
    [InlineData("*", "http://[", true)]
    public void Pattern_selects_topics_as_the_draft_says(string pattern, string topic, bool expected)
    {
        var (matcher, fault) = Patterns().Of(pattern);
        Assert.Null(fault);
        Assert.Equal(expected, matcher!.Matches(topic));
    }

    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("https://example.com/books/{id}", "https://example.com/books/1", true)]
    [InlineData("https://example.com/books/{id}", "https://example.com/books/1/2", false)]
    [InlineData("https://example.com/books/{id}", "https://example.com/books/{id}", true)]
    [InlineData("https://example.com/books/1", "https://example.com/books/1", true)]
    [InlineData("https://example.com/books/1", "https://EXAMPLE.com/books/1", false)]
    [InlineData("{no template", "{no template", true)]
    [InlineData("{no template", "{no", false)]
    public void Selector_of_0x_is_every_topic_or_equal_or_a_template(string selector, string topic, bool expected)
    {
        var (matcher, fault) = Patterns().OfSelector(selector);
        Assert.Null(fault);
        Assert.Equal(expected, matcher!.Matches(topic));
        Assert.Equal(matcher, TopicMatcher.UriTemplate(selector));
    }

    [Fact]
    public void What_nobody_uses_is_forgotten_within_a_minute()
    {
        var time = new FakeTimeProvider();
        using var patterns = new TopicPatterns(Hub, time);
        var used = patterns.Of("/used/:id").Matcher;
        Use(patterns, 100);
        Assert.Equal(101, patterns.Count);
        GC.Collect();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, patterns.Count);
        Assert.Same(used, patterns.Of("/used/:id").Matcher);
    }

    [Fact]
    public void Pattern_has_at_most_32_groups()
    {
        Assert.Null(Patterns().Of(string.Concat(Enumerable.Range(0, 32).Select(n => $"/:g{n}"))).Fault);
        Assert.Contains("at most 32 groups", Patterns().Of(string.Concat(Enumerable.Range(0, 33).Select(n => $"/:g{n}"))).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Template_and_pattern_of_the_same_text_are_two_matchers()
    {
        var patterns = Patterns();
        Assert.NotEqual(patterns.Of("/a/{b}").Matcher, patterns.OfSelector("/a/{b}").Matcher);
        Assert.Same(patterns.OfSelector("/a/{b}").Matcher, patterns.OfSelector("/a/{b}").Matcher);
    }

    [Theory]
    [InlineData("https://example.com/(?<name>x)")]
    [InlineData("https://example.com/(?=x)")]
    [InlineData("https://example.com/(a(?=b))")]
    [InlineData("https://example.com/([[a-z]--[a]])")]
    [InlineData("https://example.com/([a&&b])")]
    [InlineData("https://example.com/((?<=a)b)")]
    [InlineData("https://example.com/(a\\1)")]
    [InlineData("https://example.com/(\\p{Script=Greek})")]
    [InlineData("https://example.com/({)")]
    [InlineData("https://example.com/([\\d-z])")]
    [InlineData("https://example.com/(\\00)")]
    [InlineData("https://example.com/(^*)")]
    [InlineData("https://example.com/(a{501})")]
    [InlineData("https://example.com/:a/:a")]
    [InlineData("https://example.com/{a")]
    [InlineData("https://[example]/")]
    [InlineData("https://example.com:99999/")]
    public void Pattern_that_cannot_be_used_is_refused_with_a_sentence(string pattern)
    {
        var (matcher, fault) = Patterns().Of(pattern);
        Assert.Null(matcher);
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_end_behind_the_text_is_not_passed_over()
    {
        // Of $ in .NET; a topic holds no line end, but what is matched may come from elsewhere.
        var component = PatternComponent.Compile("/(\\w+$)", PatternOptions.Pathname, text => text);
        Assert.True(component.IsMatch("/a"));
        Assert.False(component.IsMatch("/a\n"));
    }

    [Fact]
    public void Pattern_in_use_is_compiled_once()
    {
        var patterns = Patterns();
        var first = patterns.Of("/books/:id").Matcher;
        Assert.Same(first, patterns.Of("/books/:id").Matcher);
    }

    private static TopicPatterns Patterns() => new(Hub);

    // Not in line: the test's own frame would hold what it made.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Use(TopicPatterns patterns, int count)
    {
        for (var n = 0; n < count; n++) Assert.Null(patterns.Of($"/unused/{n}/:id").Fault);
    }
}
