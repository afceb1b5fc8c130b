using Xunit;

namespace Fonte.Tests.Events;

public sealed class EventRulesTests
{
    private static readonly EventLimits Limits = new();

    [Theory]
    [InlineData("a")]
    [InlineData("https://example.com/books/1?q=é#x")]
    [InlineData("日本語 and 😀")]
    [InlineData("**")]
    [InlineData("/.well-known/mercure-like")]
    [InlineData("https://example.com/about/mercure")]
    [InlineData("100% mercure")]
    public void Topic_of_ordinary_characters_is_taken(string topic) => Assert.Null(Check(new() { Topics = [topic] }));

    [Theory]
    [InlineData("", EventProblem.TopicInvalid)]
    [InlineData("*", EventProblem.TopicReserved)]
    [InlineData("/.well-known/mercure", EventProblem.TopicReserved)]
    [InlineData("/.well-known/mercure/subscriptions/exact/a/b", EventProblem.TopicReserved)]
    [InlineData("https://anywhere.example/.well-known/mercure/subscriptions/x", EventProblem.TopicReserved)]
    [InlineData("/.well-known/%6Dercure/x", EventProblem.TopicReserved)]
    [InlineData("/.well-known/mercure/../mercure/x", EventProblem.TopicReserved)]
    [InlineData("mercure/subscriptions", EventProblem.TopicReserved)]
    [InlineData("?a", EventProblem.TopicReserved)]
    [InlineData("https:?a", EventProblem.TopicReserved)]
    [InlineData("a\nb", EventProblem.TopicInvalid)]
    [InlineData("a\rb", EventProblem.TopicInvalid)]
    [InlineData("a\0b", EventProblem.TopicInvalid)]
    [InlineData("a\x7f", EventProblem.TopicInvalid)]
    [InlineData("a\u0085", EventProblem.TopicInvalid)]
    [InlineData("a\u200b", EventProblem.TopicInvalid)]
    [InlineData("\u202eabc", EventProblem.TopicInvalid)]
    [InlineData("\ufeffabc", EventProblem.TopicInvalid)]
    public void Topic_that_breaks_a_rule_is_refused(string topic, EventProblem problem) =>
        Assert.Equal(problem, Check(new() { Topics = ["fine", topic] })?.Problem);

    [Fact]
    public void Format_character_outside_the_basic_plane_is_refused() =>
        Assert.Equal(EventProblem.TopicInvalid, Check(new() { Topics = ["a\U000E0001"] })?.Problem);

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused() =>
        Assert.Equal(EventProblem.TopicInvalid, Check(new() { Topics = ["a\ud800"] })?.Problem);

    [Fact]
    public void No_topic_is_refused() => Assert.Equal(EventProblem.TopicMissing, Check(new() { Topics = [] })?.Problem);

    [Theory]
    [InlineData("earliest", EventProblem.IdReserved)]
    [InlineData("#1", EventProblem.IdReserved)]
    [InlineData("urn:fonte:abcdefghijkl:1", EventProblem.IdReserved)]
    [InlineData("URN:Fonte:x", EventProblem.IdReserved)]
    [InlineData("a\nb", EventProblem.IdInvalid)]
    [InlineData("a\u200d", EventProblem.IdInvalid)]
    [InlineData("", EventProblem.IdInvalid)]
    public void Id_that_breaks_a_rule_is_refused(string id, EventProblem problem) =>
        Assert.Equal(problem, Check(new() { Topics = ["a"], Id = id })?.Problem);

    [Theory]
    [InlineData("Earliest")]
    [InlineData("1")]
    [InlineData("urn:uuid:e1ee88e2-532a-4d6f-ba70-f0f8bd584022")]
    public void Id_of_the_publisher_is_taken(string id) => Assert.Null(Check(new() { Topics = ["a"], Id = id }));

    [Theory]
    [InlineData("mercure", EventProblem.TypeReserved)]
    [InlineData("fonte-gap", EventProblem.TypeReserved)]
    [InlineData("a\rb", EventProblem.TypeInvalid)]
    [InlineData("", EventProblem.TypeInvalid)]
    public void Type_that_breaks_a_rule_is_refused(string type, EventProblem problem) =>
        Assert.Equal(problem, Check(new() { Topics = ["a"], Type = type })?.Problem);

    [Fact]
    public void Negative_retry_is_refused() =>
        Assert.Equal(EventProblem.RetryInvalid, Check(new() { Topics = ["a"], RetryMilliseconds = -1 })?.Problem);

    [Fact]
    public void Data_that_is_not_utf8_is_refused() =>
        Assert.Equal(EventProblem.DataInvalid, Check(new() { Topics = ["a"], Data = new byte[] { 0xC3, 0x28 } })?.Problem);

    [Fact]
    public void Sizes_are_counted_in_bytes_of_utf8()
    {
        var atLimit = new string('é', Limits.MaxTopicBytes / 2);
        Assert.Null(Check(new() { Topics = [atLimit] }));
        Assert.Equal(EventProblem.TooLarge, Check(new() { Topics = [atLimit + "a"] })?.Problem);
        Assert.Equal(EventProblem.TooLarge, Check(new() { Topics = ["a"], Id = new string('a', Limits.MaxIdBytes + 1) })?.Problem);
        Assert.Equal(EventProblem.TooLarge, Check(new() { Topics = ["a"], Type = new string('a', Limits.MaxTypeBytes + 1) })?.Problem);
        Assert.Equal(EventProblem.TooLarge, Check(new() { Topics = ["a"], Data = new byte[Limits.MaxDataBytes + 1] })?.Problem);
        Assert.Equal(EventProblem.TooManyTopics, Check(new() { Topics = [.. Enumerable.Range(0, 101).Select(n => $"{n}")] })?.Problem);
    }

    [Fact]
    public void Sentence_never_repeats_what_was_sent()
    {
        var fault = Check(new() { Topics = ["<script>\u200b"] });
        Assert.DoesNotContain("script", fault!.Sentence, StringComparison.Ordinal);
    }

    private static EventFault? Check(EventDraft draft) => EventRules.Check(draft, Limits);
}
