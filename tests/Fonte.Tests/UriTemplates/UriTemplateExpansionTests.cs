using System.Text.RegularExpressions;
using CsCheck;
using Fonte.UriTemplates;
using Xunit;

namespace Fonte.Tests.UriTemplates;

/// <summary>Beside the package Std.UriTemplate, which expands.</summary>
public sealed class UriTemplateExpansionTests
{
    private static readonly int Cases = Environment.GetEnvironmentVariable("FONTE_LONG") is null ? 20_000 : 1_000_000;
    private static readonly string[] Operators = ["", "+", "#", ".", "/", ";", "?", "&"];
    private static readonly Gen<string> Text = Gen.Char["ab,=/.;?&#%é€"].Array[0, 4].Select(characters => new string(characters));
    private static readonly Gen<object?> Value = Gen.OneOf(
        Text.Select(text => (object?)text),
        Text.Array[1, 3].Select(list => (object?)list.ToList<object>()),
        Gen.Dictionary(Gen.Char["abk"].Array[1, 2].Select(name => new string(name)), Text)[1, 3].Select(pairs => (object?)pairs.ToDictionary(pair => pair.Key, pair => (object)pair.Value)),
        Gen.Const((object?)null));

    private static readonly Gen<string> Expression = Gen.Select(
        Of(Operators), Gen.Select(Of("x", "y", "z"), Of("", "*", ":1", ":3"), (name, modifier) => name + modifier).Array[1, 3],
        (by, variables) => $"{{{by}{string.Join(',', variables)}}}");

    private static readonly Gen<string> Template = Gen.OneOf(Expression, Of("a", "/", "b=", "é")).Array[1, 4].Select(string.Concat);

    private static Gen<string> Of(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static bool HasEmpty(object? value) => value is Dictionary<string, object> pairs ? pairs.ContainsValue("") : value is List<object> list && list.Contains("");

    [Fact]
    public void Every_expansion_matches() =>
        Gen.Select(Template, Value, Value, Value).Sample((template, x, y, z) =>
        {
            // A prefix is for texts (section 2.4.1); and where values are empty the package does not write equals signs as section 3.2.7 has them.
            if (template.Contains(':') && (x is not (string or null) || y is not (string or null) || z is not (string or null))) return;
            if (template.Contains(';') && (HasEmpty(x) || HasEmpty(y) || HasEmpty(z))) return;
            var values = new Dictionary<string, object>();
            foreach (var (name, value) in new[] { ("x", x), ("y", y), ("z", z) }) if (value is not null) values[name] = value;
            var expansion = Std.UriTemplate.Expand(template, values);
            Assert.True(UriTemplate.Parse(template)!.IsMatch(expansion), $"{template} {expansion}");
        }, iter: Cases);

    [Fact]
    public void Any_text_is_a_template_or_none_and_selects_itself()
    {
        var patterns = new TopicPatterns(new("https://hub.example/.well-known/mercure"));
        var piece = Gen.OneOf(Expression, Of("{", "}", "a", "/", ",", "*", ":3", ":99", "+", "?", ".", "..", "%", "%41", "é", "_", "=", " ", "!"));
        piece.Array[1, 8].Select(string.Concat).Sample(text =>
        {
            var (matcher, fault) = patterns.OfSelector(text);
            Assert.True(matcher is null != (fault is null));
            Assert.True(matcher?.Matches(text) ?? true);
        }, iter: Cases);
    }

    // All texts of a few characters, beside what the section says as a regular expression.
    [Theory]
    [InlineData("{x}", "a,=", "[a,]*")]
    [InlineData("{x,y}", "a,=", "[a,]*")]
    [InlineData("{x:2}", "a,=", "a{0,2}")]
    [InlineData("{x:1}", "%8C4", "([8C4]|%4[8C4]|%C[8C4]%8[8C4])?")]
    [InlineData("{x:2}", "%8c4", "([8c4]|%4[8c4]|%c[8c4]%8[8c4]){0,2}")]
    [InlineData("{x*}", "a,=", "a*(,a*)*|a*=a*(,a*=a*)*")]
    [InlineData("{+x,y}", "a/,", "[a/,]*")]
    [InlineData("{+x:2}", "a/,", "[a/,]{0,2}")]
    [InlineData("{#x,y}", "a#,", "(#[a#,]*)?")]
    [InlineData("{.x,y}", "a.,", @"(\.[a.,]*)?")]
    [InlineData("{/x,y}", "a/,", "(/[a,]*){0,2}")]
    [InlineData("{/x*}", "a/=", "(/a*)*|(/a*=a*)*")]
    [InlineData("{/x*,y}", "a/=", "(/a*)*|(/a*=a*)*(/a*)?")]
    [InlineData("{;x}", ";x=", "(;x(=x+)?)?")]
    [InlineData("{;x:2}", ";x=", "(;x(=x{1,2})?)?")]
    [InlineData("{;x,y}", ";xy", "(;x)?(;y)?")]
    [InlineData("{;x*}", ";x=", "(;x*(=x+)?)*")]
    [InlineData("{?x}", "?x=&", @"(\?x=x*)?")]
    [InlineData("{?x*}", "?x=&", @"(\?x*=x*(&x*=x*)*)?")]
    [InlineData("{?x,y}", "?x=&", @"(\?x=x*)?")]
    [InlineData("{&x,y}", "&xy=", "(&x=[xy]*)?(&y=[xy]*)?")]
    [InlineData("a{x}b{/y}", "ab/", "a[ab]*b(/[ab]*)?")]
    public void No_other_text_matches(string template, string alphabet, string expression)
    {
        var parsed = UriTemplate.Parse(template)!;
        var expected = new Regex($"^({expression})$", RegexOptions.CultureInvariant);
        Assert.All(AllOf(alphabet, longest: 6), text => Assert.True(expected.IsMatch(text) == parsed.IsMatch(text), text));
    }

    private static IEnumerable<string> AllOf(string alphabet, int longest)
    {
        IEnumerable<string> some = [""];
        for (var length = 0; length <= longest; length++)
        {
            foreach (var text in some) yield return text;
            some = [.. some.SelectMany(text => alphabet.Select(c => text + c))];
        }
    }
}
