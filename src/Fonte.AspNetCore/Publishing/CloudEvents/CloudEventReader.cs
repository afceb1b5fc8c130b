using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Fonte.AspNetCore;

/// <summary>Makes events of CloudEvents in JSON (CloudEvents 1.0.2 and its JSON event format).</summary>
/// <remarks>
/// The topics are <c>subject</c>, if there is one, and <c>source</c>; <c>id</c> is the event ID, <c>type</c> the event type, and the extension
/// attribute <c>private</c> makes a private event. The data is the whole CloudEvent as it was received, so no attribute is lost.
/// </remarks>
internal ref struct CloudEventReader
{
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _body;
    private Utf8JsonReader _json;
    private CloudEventMember _seen;
    private CloudEventMember _given;
    private string? _id;
    private bool _private;

    // These stay from event to event: the events of a batch mostly share them.
    private string? _type;
    private string? _source;
    private string? _subject;
    private string[] _topics = [];

    internal CloudEventReader(ReadOnlySpan<byte> body, int depth = 0)
    {
        _body = body;
        _json = new(body, new JsonReaderOptions { MaxDepth = MaxDepth + depth });
    }

    internal readonly JsonTokenType Token => _json.TokenType;

    /// <summary>Reads a body that is one CloudEvent; returns the draft, or what to change.</summary>
    internal static (EventDraft? Draft, Problem? Problem) ReadOne(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new CloudEventReader(body);
            reader.Read();
            var problem = reader.ReadEvent(int.MaxValue, out var draft);
            // What follows the event throws.
            if (problem is null) reader.Read();
            return (problem is null ? draft : null, problem);
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            return (null, ProblemOf(body));
        }
    }

    /// <summary>Whether an exception of the reader tells of the input. For half a surrogate pair, <c>"\ud800"</c>, it is not the JSON one.</summary>
    internal static bool IsMalformed(Exception exception) => exception is JsonException or InvalidOperationException;

    internal static Problem ProblemOf(ReadOnlySpan<byte> body) => Utf8.IsValid(body) ? CloudEventProblems.Malformed : CloudEventProblems.InvalidUtf8;

    /// <summary>Goes to the next token; false at the end.</summary>
    internal bool Read() => _json.Read();

    /// <summary>Reads the CloudEvent at whose beginning the reader stands; returns what to change, or <see langword="null"/>.</summary>
    internal Problem? ReadEvent(int maxBytes, out EventDraft? draft)
    {
        draft = null;
        if (_json.TokenType != JsonTokenType.StartObject) return CloudEventProblems.NoObject;
        var start = (int)_json.TokenStartIndex;
        (_seen, _given, _private) = (0, 0, false);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
        {
            if (ReadMember() is { } problem) return problem;
        }
        var text = _body[start..(int)_json.BytesConsumed];
        if (!Utf8.IsValid(text)) return CloudEventProblems.InvalidUtf8;
        if (FindMissing() is { } missing) return missing;
        if (text.Length > maxBytes) return PublishProblems.TooLarge(maxBytes);
        draft = new() { Topics = Topics(), Data = text.ToArray(), Id = _id, Type = _type, Private = _private };
        return null;
    }

    private Problem? ReadMember()
    {
        var member = CloudEventMembers.Of(_json);
        _json.Read();
        if (member == CloudEventMember.Extension)
        {
            _json.Skip();
            return null;
        }
        if ((_seen & member) != 0) return CloudEventProblems.Repeated(member);
        _seen |= member;
        // The same as absent (JSON event format, section 2.2).
        if (_json.TokenType == JsonTokenType.Null) return null;
        _given |= member;
        return TakeMember(member) ? null : CloudEventProblems.Wrong(member);
    }

    private bool TakeMember(CloudEventMember member)
    {
        switch (member)
        {
            case CloudEventMember.Data:
                _json.Skip();
                return true;
            case CloudEventMember.Private:
                return TakePrivate();
            case CloudEventMember.DataBase64:
                return _json.TokenType == JsonTokenType.String && (_json.ValueIsEscaped ? Base64.IsValid(_json.GetString()) : Base64.IsValid(_json.ValueSpan));
        }
        if (_json.TokenType != JsonTokenType.String || _json.ValueSpan.IsEmpty) return false;
        switch (member)
        {
            case CloudEventMember.SpecVersion:
                return _json.ValueTextEquals("1.0"u8);
            case CloudEventMember.Id:
                _id = _json.GetString();
                break;
            case CloudEventMember.Type:
                TakeText(ref _type);
                break;
            case CloudEventMember.Source:
                TakeText(ref _source);
                break;
            case CloudEventMember.Subject:
                TakeText(ref _subject);
                break;
        }
        return true;
    }

    // The texts are how the attribute looks after a way through headers, where it has no type; to publish in the open what was to be private would be worse than to refuse it.
    private bool TakePrivate()
    {
        _private = _json.TokenType == JsonTokenType.True || (_json.TokenType == JsonTokenType.String && _json.ValueTextEquals("true"u8));
        return _private || _json.TokenType == JsonTokenType.False || (_json.TokenType == JsonTokenType.String && _json.ValueTextEquals("false"u8));
    }

    private readonly void TakeText(ref string? text)
    {
        if (text is not null && !_json.ValueIsEscaped && Ascii.Equals(_json.ValueSpan, text)) return;
        text = _json.GetString();
    }

    private readonly Problem? FindMissing()
    {
        const CloudEventMember required = CloudEventMember.SpecVersion | CloudEventMember.Id | CloudEventMember.Source | CloudEventMember.Type;
        const CloudEventMember data = CloudEventMember.Data | CloudEventMember.DataBase64;
        if ((_given & data) == data) return CloudEventProblems.TwoData;
        var missing = (int)(required & ~_given);
        return missing == 0 ? null : CloudEventProblems.Missing((CloudEventMember)(missing & -missing));
    }

    private string[] Topics()
    {
        var subject = (_given & CloudEventMember.Subject) != 0 ? _subject : null;
        if (subject is null || subject == _source)
        {
            if (_topics.Length != 1 || !ReferenceEquals(_topics[0], _source)) _topics = [_source!];
        }
        else if (_topics.Length != 2 || !ReferenceEquals(_topics[0], subject) || !ReferenceEquals(_topics[1], _source))
        {
            _topics = [subject, _source!];
        }
        return _topics;
    }
}
