using System.Globalization;
using System.Text;
using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>Reads the pattern of one component into its parts (WHATWG URL Pattern, "Parsing").</summary>
internal sealed class PatternParser
{
    private const string FullWildcard = ".*";

    private readonly List<PatternToken> _tokens;
    private readonly Func<string, string> _canonicalize;
    private readonly PatternOptions _options;
    private readonly List<PatternPart> _parts = [];
    private HashSet<string>? _names;
    private readonly StringBuilder _fixed = new();
    private int _index;
    private int _nextName;

    private PatternParser(string pattern, PatternOptions options, Func<string, string> canonicalize) =>
        (_tokens, _options, _canonicalize) = (PatternTokenizer.Tokenize(pattern, isLenient: false), options, canonicalize);

    /// <summary>The parts.</summary>
    /// <param name="pattern">The component's pattern.</param>
    /// <param name="options">What is special in this component.</param>
    /// <param name="canonicalize">Brings text into the form that it has in a URL.</param>
    /// <exception cref="PatternException">It is not well formed.</exception>
    internal static IReadOnlyList<PatternPart> Parse(string pattern, PatternOptions options, Func<string, string> canonicalize)
    {
        var parser = new PatternParser(pattern, options, canonicalize);
        while (parser._index < parser._tokens.Count) parser.Step();
        return parser._parts;
    }

    private void Step()
    {
        var character = TryConsume(PatternTokenType.Char);
        var name = TryConsume(PatternTokenType.Name);
        var expression = TryConsumeExpression(name);
        if (name is not null || expression is not null)
        {
            var prefix = character?.Value ?? "";
            if (prefix.Length > 0 && !(prefix.Length == 1 && prefix[0] == _options.Prefix))
            {
                _fixed.Append(prefix);
                prefix = "";
            }
            AddFixed();
            AddPart(prefix, name, expression, "");
            return;
        }
        if ((character ?? TryConsume(PatternTokenType.EscapedChar)) is { } text)
        {
            _fixed.Append(text.Value);
            return;
        }
        if (TryConsume(PatternTokenType.Open) is not null)
        {
            var prefix = ConsumeText();
            name = TryConsume(PatternTokenType.Name);
            expression = TryConsumeExpression(name);
            var suffix = ConsumeText();
            Require(PatternTokenType.Close, "A group { } is not closed, or holds more than text, one name or expression, and text.");
            AddPart(prefix, name, expression, suffix);
            return;
        }
        AddFixed();
        Require(PatternTokenType.End, "A modifier (*, + or ?) or a closing brace stands where nothing is to be modified or closed; write a backslash before it.");
    }

    private PatternToken? TryConsume(PatternTokenType type) => _tokens[_index].Type == type ? _tokens[_index++] : null;

    private PatternToken? TryConsumeExpression(PatternToken? name) =>
        TryConsume(PatternTokenType.Regexp) ?? (name is null ? TryConsume(PatternTokenType.Asterisk) : null);

    private PatternModifier ConsumeModifier() => (TryConsume(PatternTokenType.OtherModifier) ?? TryConsume(PatternTokenType.Asterisk))?.Value switch
    {
        "?" => PatternModifier.Optional,
        "*" => PatternModifier.ZeroOrMore,
        "+" => PatternModifier.OneOrMore,
        _ => PatternModifier.None,
    };

    private string ConsumeText()
    {
        var text = new StringBuilder();
        while ((TryConsume(PatternTokenType.Char) ?? TryConsume(PatternTokenType.EscapedChar)) is { } token) text.Append(token.Value);
        return text.ToString();
    }

    private void Require(PatternTokenType type, string sentence)
    {
        if (TryConsume(type) is null) throw new PatternException(sentence);
    }

    private void AddFixed()
    {
        if (_fixed.Length == 0) return;
        _parts.Add(new(PatternPartType.FixedText, _canonicalize(_fixed.ToString()), PatternModifier.None));
        _fixed.Clear();
    }

    private void AddPart(string prefix, PatternToken? name, PatternToken? expression, string suffix)
    {
        var modifier = ConsumeModifier();
        if (name is null && expression is null)
        {
            if (modifier == PatternModifier.None)
            {
                _fixed.Append(prefix);
                return;
            }
            AddFixed();
            if (prefix.Length > 0) _parts.Add(new(PatternPartType.FixedText, _canonicalize(prefix), modifier));
            return;
        }
        AddFixed();
        var (type, value) = TypeOf(expression);
        var text = name?.Value ?? _nextName++.ToString(CultureInfo.InvariantCulture);
        if (!(_names ??= new(StringComparer.Ordinal)).Add(text)) throw new PatternException($"Two groups have the name {text}; rename one.");
        _parts.Add(new(type, value, modifier, text, _canonicalize(prefix), _canonicalize(suffix)));
    }

    private (PatternPartType Type, string Value) TypeOf(PatternToken? expression)
    {
        if (expression is not { } token || token.Value == _options.SegmentWildcard) return (PatternPartType.SegmentWildcard, "");
        if (token.Type == PatternTokenType.Asterisk || token.Value == FullWildcard) return (PatternPartType.FullWildcard, "");
        return (PatternPartType.Regexp, token.Value);
    }
}
