namespace Fonte.UrlPatterns;

/// <summary>Takes a pattern that is written like a URL apart into its components' patterns (WHATWG URL Pattern, "Constructor string parsing").</summary>
internal sealed class ConstructorStringParser
{
    private readonly string _input;
    private readonly List<PatternToken> _tokens;
    private readonly UrlPatternInit _result = new();
    private State _state = State.Init;
    private int _start;
    private int _index;
    private int _increment;
    private int _groupDepth;
    private int _bracketDepth;
    private bool _isSpecial;

    private ConstructorStringParser(string input) => (_input, _tokens) = (input, PatternTokenizer.Tokenize(input, isLenient: true));

    // In the order of a URL, which the comparisons below rest on.
    private enum State
    {
        Init,
        Protocol,
        Authority,
        Username,
        Password,
        Hostname,
        Port,
        Pathname,
        Search,
        Hash,
        Done,
    }

    /// <summary>The components that the pattern names; those that it leaves open are null.</summary>
    internal static UrlPatternInit Parse(string input)
    {
        var parser = new ConstructorStringParser(input);
        while (parser._index < parser._tokens.Count && parser._state != State.Done)
        {
            parser._increment = 1;
            parser.Step();
            parser._index += parser._increment;
        }
        // Who names a host without a port means the scheme's own.
        if (parser._result.Hostname is not null) parser._result.Port ??= "";
        return parser._result;
    }

    private void Step()
    {
        switch (_tokens[_index].Type)
        {
            case PatternTokenType.End:
                End();
                break;
            case PatternTokenType.Open:
                _groupDepth++;
                break;
            case PatternTokenType.Close when _groupDepth > 0:
                // The brace itself belongs to the component too, and begins nothing.
                _groupDepth--;
                break;
            default:
                if (_groupDepth == 0) StepInState();
                break;
        }
    }

    private void End()
    {
        if (_state == State.Init)
        {
            Rewind();
            if (Is('#')) Change(State.Hash, 1);
            else if (IsSearchPrefix()) Change(State.Search, 1);
            else Change(State.Pathname, 0);
        }
        else if (_state == State.Authority) Rewind(State.Hostname);
        else Change(State.Done, 0);
    }

    private void StepInState()
    {
        switch (_state)
        {
            case State.Init:
                if (Is(':')) Rewind(State.Protocol);
                break;
            case State.Protocol:
                if (Is(':')) EndProtocol();
                break;
            case State.Authority:
                if (Is('@')) Rewind(State.Username);
                else if (Is('/') || Is('#') || IsSearchPrefix()) Rewind(State.Hostname);
                break;
            case State.Username:
                if (Is(':')) Change(State.Password, 1);
                else if (Is('@')) Change(State.Hostname, 1);
                break;
            case State.Password:
                if (Is('@')) Change(State.Hostname, 1);
                break;
            case State.Hostname:
                if (Is('[')) _bracketDepth++;
                else if (Is(']')) _bracketDepth--;
                else if (Is(':') && _bracketDepth == 0) Change(State.Port, 1);
                else FromPathOn(State.Pathname);
                break;
            case State.Port:
                FromPathOn(State.Pathname);
                break;
            case State.Pathname:
                FromPathOn(State.Search);
                break;
            case State.Search:
                FromPathOn(State.Hash);
                break;
        }
    }

    private void FromPathOn(State first)
    {
        if (first <= State.Pathname && Is('/')) Change(State.Pathname, 0);
        else if (first <= State.Search && IsSearchPrefix()) Change(State.Search, 1);
        else if (Is('#')) Change(State.Hash, 1);
    }

    private void EndProtocol()
    {
        var protocol = PatternComponent.Compile(Component(), PatternOptions.Default, Canonical.Protocol);
        _isSpecial = protocol.MatchesSpecialScheme();
        if (IsAt(_index + 1, '/') && IsAt(_index + 2, '/')) Change(State.Authority, 3);
        else if (_isSpecial) Change(State.Authority, 1);
        else Change(State.Pathname, 1);
    }

    private void Change(State state, int skip)
    {
        if (_state is not (State.Init or State.Authority or State.Done)) Keep(_state, Component());
        if (_state != State.Init && state != State.Done)
        {
            if (_state <= State.Password && state >= State.Port) _result.Hostname ??= "";
            if (_state <= State.Port && state >= State.Search) _result.Pathname ??= _isSpecial ? "/" : "";
            if (_state <= State.Pathname && state == State.Hash) _result.Search ??= "";
        }
        _state = state;
        _index += skip;
        _start = _index;
        _increment = 0;
    }

    private void Keep(State state, string value)
    {
        switch (state)
        {
            case State.Protocol: _result.Protocol = value; break;
            case State.Username: _result.Username = value; break;
            case State.Password: _result.Password = value; break;
            case State.Hostname: _result.Hostname = value; break;
            case State.Port: _result.Port = value; break;
            case State.Pathname: _result.Pathname = value; break;
            case State.Search: _result.Search = value; break;
            case State.Hash: _result.Hash = value; break;
        }
    }

    private void Rewind()
    {
        _index = _start;
        _increment = 0;
    }

    private void Rewind(State state)
    {
        Rewind();
        _state = state;
    }

    private string Component() => _input[Token(_start).Index.._tokens[_index].Index];

    private PatternToken Token(int index) => _tokens[Math.Min(index, _tokens.Count - 1)];

    private bool Is(char c) => IsAt(_index, c);

    // Of the tokens that mean a character, whether escaped or out of place.
    private bool IsAt(int index, char c) =>
        Token(index) is { Type: PatternTokenType.Char or PatternTokenType.EscapedChar or PatternTokenType.InvalidChar, Value: [var only] } && only == c;

    private bool IsSearchPrefix()
    {
        if (Is('?')) return true;
        if (Token(_index).Value != "?" || Token(_index).Type == PatternTokenType.Regexp) return false;
        // Behind one of these it is a modifier.
        return _index == 0 || Token(_index - 1).Type is not (PatternTokenType.Name or PatternTokenType.Regexp or PatternTokenType.Close or PatternTokenType.Asterisk);
    }
}
