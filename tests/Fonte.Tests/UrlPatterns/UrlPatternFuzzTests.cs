using CsCheck;
using Fonte.UrlPatterns;
using Xunit;

namespace Fonte.Tests.UrlPatterns;

/// <summary>Whatever a stranger sends is read or refused, and nothing else happens: a thousand texts, and a million with <c>./test --long</c>.</summary>
public sealed class UrlPatternFuzzTests
{
    private static readonly int Texts = Environment.GetEnvironmentVariable("FONTE_LONG") is null ? 2_000 : 1_000_000;

    private static readonly string[] Pieces =
    [
        "https://", "http{s}?://", "urn\\:", "foo:", ":", "/", "//", "/:id", ":x", "*", "?", "+", "{", "}", "{/b}?", "{/:y}*", "{/:z-c}+", "(a|b)", "(\\d+)", "([^/]+?)", "(.*)", "([", "([a--b])",
        "((?:", "(?=", "\\", "\\:", "#", "?q=", "&", "example.com", "{:sub.}?", "[::1]", "[", "]", ":80", ":99999", "@", "..", "/..", ".", "%2e", "%", "é", "\ud800", "🚲", "-", "_", "$", "^", "|", " ", "\t", "\\\\",
        "xn--", "xn--bcher-kva", "0x7f", "1.2.3.4", "256", "C|/", "\0", "(", ")", "a", "b", "A",
    ];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]).Array[0, 9].Select(string.Concat),
        Gen.Char[' ', '~'].Array[0, 20].Select(chars => new string(chars)),
        Gen.Char.Array[0, 20].Select(chars => new string(chars)));

    [Fact]
    public void Any_pattern_is_read_or_refused_and_any_topic_compared()
    {
        var patterns = new TopicPatterns(new("https://hub.example/.well-known/mercure"));
        Gen.Select(Text, Text).Sample((pattern, topic) =>
        {
            var (matcher, fault) = patterns.Of(pattern);
            Assert.True(matcher is null != (fault is null));
            if (matcher?.Compiled is null) return;
            var isMatch = matcher.Matches(topic);
            var explained = matcher.Explain(topic);
            Assert.Equal(isMatch, explained.Count > 0 && explained.All(component => component.Groups is not null));
        }, iter: Texts);
    }

    // The sets of groups' regular expressions rest on it.
    [Fact]
    public void Any_url_that_is_read_holds_only_ascii() =>
        Text.Sample(text =>
        {
            if (Url.Parse(text) is not { } url) return;
            var init = UrlPatternInit.Of(url);
            foreach (var component in (string?[])[init.Protocol, init.Username, init.Password, init.Hostname, init.Port, init.Pathname, init.Search, init.Hash])
                Assert.True(System.Text.Ascii.IsValid(component));
        }, iter: Texts * 5);

    [Fact]
    public void Any_url_that_is_read_is_read_alike_again() =>
        Text.Sample(text =>
        {
            if (Url.Parse(text) is not { Host: not null, HasOpaquePath: false } url) return;
            var user = url.Username + (url.Password.Length > 0 ? ":" + url.Password : "");
            var written = $"{url.Scheme}://{(user.Length > 0 ? user + "@" : "")}{url.Host}{(url.Port is null ? "" : ":" + url.PortText)}{url.Path}"
                + (url.Query is null ? "" : "?" + url.Query) + (url.Fragment is null ? "" : "#" + url.Fragment);
            var again = Url.Parse(written);
            Assert.NotNull(again);
            Assert.Equal((url.Scheme, url.Username, url.Password, url.Host, url.Port, url.Path, url.Query, url.Fragment), (again.Scheme, again.Username, again.Password, again.Host, again.Port, again.Path, again.Query, again.Fragment));
        }, iter: Texts * 5);
}
