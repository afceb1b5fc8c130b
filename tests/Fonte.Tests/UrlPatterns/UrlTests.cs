using Fonte.UrlPatterns;
using Xunit;

namespace Fonte.Tests.UrlPatterns;

/// <summary>URLs as browsers take them apart (WHATWG URL). The cases were chosen by hand, and their answers are those of another implementation.</summary>
public sealed class UrlTests
{
    [Theory]
    [InlineData("https://user:pa%3Ass@EXAMPLE.com:443/a/../b?q#f", "https user pa%3Ass example.com - /b q f")]
    [InlineData("http:\\\\a\\b", "http   a - /b - -")]
    [InlineData("  http://a\t/b\nc  ", "http   a - /bc - -")]
    [InlineData("http://0x7f.1/", "http   127.0.0.1 - / - -")]
    [InlineData("http://[1:0::0:2]:80", "http   [1::2] - / - -")]
    [InlineData("http://[::ffff:1.2.3.4]", "http   [::ffff:102:304] - / - -")]
    [InlineData("http://ＥＸＡＭＰＬＥ．com", "http   example.com - / - -")]
    [InlineData("http://bücher.example", "http   xn--bcher-kva.example - / - -")]
    [InlineData("http://🚲.com", "http   xn--h78h.com - / - -")]
    [InlineData("urn:isbn:1 ?q", "urn   - - isbn:1%20 q -")]
    [InlineData("mailto:a@b", "mailto   - - a@b - -")]
    [InlineData("foo://Host/a/%2e%2E/b", "foo   Host - /b - -")]
    [InlineData("file:///C|/a", "file    - /C:/a - -")]
    [InlineData("http://a/%zz^`{}", "http   a - /%zz%5E%60%7B%7D - -")]
    [InlineData("http://a?'#'", "http   a - / %27 '")]
    public void Url_is_taken_apart(string text, string expected) => Assert.Equal(expected, Written(Url.Parse(text)!));

    [Theory]
    [InlineData("b", "/a/b - -")]
    [InlineData("../b", "/b - -")]
    [InlineData("?x", "/a/hub x -")]
    [InlineData("#y", "/a/hub q y")]
    [InlineData("", "/a/hub q -")]
    [InlineData("http:c", "/a/c - -")]
    [InlineData("//other/c", "/c - -")]
    public void Reference_is_resolved(string reference, string expected)
    {
        var url = Url.Parse(reference, Url.Parse("http://h/a/hub?q#f"))!;
        Assert.Equal(expected, $"{url.Path} {url.Query ?? "-"} {url.Fragment ?? "-"}");
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("http://a b")]
    [InlineData("http://a%00b")]
    [InlineData("http://[1::2::3]")]
    [InlineData("http://1.2.3.4.5")]
    [InlineData("http://256.1.1.1.")]
    [InlineData("http://a:65536")]
    [InlineData("http://a:b")]
    [InlineData("http://user@/")]
    [InlineData("http://xn--/")]
    [InlineData("relative")]
    [InlineData("")]
    public void What_is_no_url_is_refused(string text) => Assert.Null(Url.Parse(text));

    private static string Written(Url url) =>
        $"{url.Scheme} {url.Username} {url.Password} {url.Host ?? "-"} {(url.Port is null ? "-" : url.PortText)} {url.Path} {url.Query ?? "-"} {url.Fragment ?? "-"}";
}
