using Fonte.Programs;
using Fonte.UriTemplates;
using Xunit;

namespace Fonte.Tests.UriTemplates;

/// <summary>Which texts are expansions of a URI Template (RFC 6570).</summary>
public sealed class UriTemplateTests
{
    [Theory]
    // Section 1.2 and 3.2: the examples, and what differs from them by a character.
    [InlineData("{var}", "value", "va/ue", "va?ue", "%4")]
    [InlineData("{hello}", "Hello%20World%21", "Hello World!", "Hello!")]
    [InlineData("{+hello}", "Hello%20World!", "Hello World!", "é")]
    [InlineData("{+path}/here", "/foo/bar/here", "/foo/bar/her")]
    [InlineData("here?ref={+path}", "here?ref=/foo/bar", "here?re=/foo/bar")]
    [InlineData("X{#var}", "X#value", "Xvalue", "X##val ue")]
    [InlineData("map?{x,y}", "map?1024,768", "map?1024/768")]
    [InlineData("{x,hello,y}", "1024,Hello%20World%21,768", "1024;768")]
    [InlineData("{#path,x}/here", "#/foo/bar,1024/here", "/foo/bar,1024/here")]
    [InlineData("X{.x,y}", "X.1024.768", "X.1024,768/", "X1024")]
    [InlineData("{/var,x}/here", "/value/1024/here", "/value/1024/5/here", "value/here")]
    [InlineData("{;x,y}", ";x=1024;y=768", ";y=768;x=1024", ";x=1024,y=768;z")]
    [InlineData("{;x,y,empty}", ";x=1024;y=768;empty", ";x=1024;y=768;empty=")]
    [InlineData("{?x,y}", "?x=1024&y=768", "?y=768&x=1024", "?x=1024;y=768", "?x")]
    [InlineData("{?x,y,empty}", "?x=1024&y=768&empty=", "?x=1024&y=768&empty")]
    [InlineData("?fixed=yes{&x}", "?fixed=yes&x=1024", "?fixed=yes?x=1024")]
    [InlineData("{var:3}", "val", "valu")]
    [InlineData("{var:30}", "value", "value,value")]
    [InlineData("{list}", "red,green,blue", "red;green")]
    [InlineData("{list*}", "red,green,blue", "red;green")]
    [InlineData("{keys}", "semi,%3B,dot,.,comma,%2C", "semi,;")]
    [InlineData("{keys*}", "semi=%3B,dot=.,comma=%2C", "semi=;,dot=.")]
    [InlineData("{+path:6}/here", "/foo/b/here", "/foo/ba/here")]
    [InlineData("{+keys*}", "semi=;,dot=.,comma=,", "semi= ")]
    [InlineData("X{.list*}", "X.red.green.blue", "Xred.green.blue")]
    [InlineData("X{.keys*}", "X.semi=%3B.dot=..comma=%2C", "X.semi=;")]
    [InlineData("{/list*,path:4}", "/red/green/blue/%2Ffoo", "red/green")]
    [InlineData("{;list}", ";list=red,green,blue", ";red,green,blue")]
    [InlineData("{;keys*}", ";semi=%3B;dot=.;comma=%2C", ";semi=;;", "semi=%3B")]
    [InlineData("{?list*}", "?list=red&list=green&list=blue", "?list=red;list=green", "?list")]
    [InlineData("{?var:3}", "?var=val", "?var=valu", "?vax=val")]
    [InlineData("{&keys*}", "&semi=%3B&dot=.&comma=%2C", "?semi=%3B")]
    // What the hubs' own documents use.
    [InlineData("https://example.com/books/{id}", "https://example.com/books/1", "https://example.com/books/1/2", "https://example.com/book/1", "http://example.com/books/1")]
    [InlineData("https://example.com/books/{id}.jsonld", "https://example.com/books/a.b.jsonld", "https://example.com/books/1.json")]
    [InlineData("https://example.com/users/foo/{?topic}", "https://example.com/users/foo/?topic=https%3A%2F%2Fexample.com%2Fbooks%2F1", "https://example.com/users/foo/?topic=https://example.com/books/1")]
    [InlineData("/.well-known/mercure/subscriptions{/topic}{/subscriber}", "/.well-known/mercure/subscriptions/https%3A%2F%2Fa%2F%7Bid%7D/urn%3Auuid%3A1", "/.well-known/mercure/subscriptions/a/b/c")]
    public void Expansion_matches_and_no_other_text(string template, string expansion, params string[] others)
    {
        var parsed = UriTemplate.Parse(template)!;
        Assert.True(parsed.IsMatch(expansion));
        Assert.All(others, other => Assert.False(parsed.IsMatch(other), other));
    }

    [Theory]
    [InlineData("a{x}b", "ab")]
    [InlineData("a{?x,y}", "a")]
    [InlineData("a{?x,y}", "a?y=1")]
    [InlineData("{/list*}", "")]
    public void Undefined_variables_expand_to_nothing(string template, string expansion) => Assert.True(UriTemplate.Parse(template)!.IsMatch(expansion));

    [Theory]
    [InlineData("{x:1}", "%C3%A9", true)]
    [InlineData("{x:1}", "%E2%82%AC", true)]
    [InlineData("{x:1}", "%F0%9F%98%80", true)]
    [InlineData("{x:1}", "%20a", false)]
    [InlineData("{x:2}", "%20a", true)]
    [InlineData("{x:1}", "%C3%A9%C3%A9", false)]
    [InlineData("{x:1}", "%c3%a9", true)]
    [InlineData("{x:1}", "%f0%9f%98%80", true)]
    [InlineData("{x:1}", "%C3", false)]
    [InlineData("{x:1}", "%E2%82", false)]
    [InlineData("{x:1}", "%E2%82%AC%80", false)]
    [InlineData("{x:1}", "a%80", false)]
    [InlineData("{x:1}", "%41%80", false)]
    [InlineData("{x:1}", "%80", false)]
    [InlineData("{x:1}", "%F5%80%80%80", false)]
    [InlineData("{x:1}", "%F0%80%80%80%80", false)]
    public void Prefix_counts_characters_and_not_octets(string template, string text, bool isMatch) => Assert.Equal(isMatch, UriTemplate.Parse(template)!.IsMatch(text));

    [Theory]
    [InlineData("https://a/é/{x}", "https://a/é/1", true)]
    [InlineData("https://a/é/{x}", "https://a/%C3%A9/1", true)]
    [InlineData("https://a/é/{x}", "https://a/e/1", false)]
    public void Literals_beyond_ascii_match_as_they_are_and_encoded(string template, string text, bool isMatch) => Assert.Equal(isMatch, UriTemplate.Parse(template)!.IsMatch(text));

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("}")]
    [InlineData("a}b{x}")]
    [InlineData("{x")]
    [InlineData("{{x}}")]
    [InlineData("{x y}")]
    [InlineData("{x,}")]
    [InlineData("{,x}")]
    [InlineData("{x..y}")]
    [InlineData("{.x.}")]
    [InlineData("{x:0}")]
    [InlineData("{x:10000}")]
    [InlineData("{x:}")]
    [InlineData("{x:3*}")]
    [InlineData("{x**}")]
    [InlineData("{=x}")]
    [InlineData("{!x}")]
    [InlineData("{@x}")]
    [InlineData("{|x}")]
    [InlineData("{é}")]
    [InlineData("{%4}")]
    [InlineData("{%zz}")]
    [InlineData("a%{x}")]
    [InlineData("a%4g{x}")]
    [InlineData("a b{x}")]
    [InlineData("a\"{x}")]
    [InlineData("a<{x}")]
    [InlineData("a\\{x}")]
    [InlineData("a^{x}")]
    [InlineData("a`{x}")]
    [InlineData("a|{x}")]
    public void Text_that_is_no_template_is_refused(string text) => Assert.Null(UriTemplate.Parse(text));

    [Theory]
    [InlineData("{x_1}")]
    [InlineData("{%41b}")]
    [InlineData("{a.b.c}")]
    [InlineData("{x:9999}{y}", true)]
    [InlineData("a%41{x}")]
    public void Names_and_prefixes_of_the_grammar_are_read(string text, bool isTooLong = false)
    {
        if (isTooLong) Assert.Throws<PatternException>(() => UriTemplate.Parse(text));
        else Assert.NotNull(UriTemplate.Parse(text));
    }

    [Theory]
    [InlineData("https://a/b/{c}", "https:|a|b")]
    [InlineData("https://a/b{c}/d", "https:|a|d")]
    [InlineData("https://a/b{/c}", "https:|a|b")]
    [InlineData("https://a/b{/c}d", "https:|a")]
    [InlineData("https://a/b{/c}{/d}/e", "https:|a|b|e")]
    [InlineData("https://a/b{?c}", "https:|a")]
    [InlineData("{a}é/b", "b")]
    public void Segments_are_those_that_every_expansion_has(string template, string segments) => Assert.Equal(segments, string.Join('|', UriTemplate.Parse(template)!.Segments()));

    [Fact]
    public void Template_built_to_backtrack_costs_linear_time()
    {
        var template = UriTemplate.Parse(string.Concat(Enumerable.Repeat("{+a*}", 8)) + "!x")!;
        Assert.False(template.IsMatch(new string('a', 2048)));
    }

    [Fact]
    public void Template_of_the_greatest_length_holds_a_few_bytes_a_character()
    {
        var template = UriTemplate.Parse("https://example.com/" + new string('a', 2000) + "/{id}")!;
        Assert.InRange(template.Bytes, 1, 2048 * 8);
    }
}
