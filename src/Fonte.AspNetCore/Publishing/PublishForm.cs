using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>An event from the fields of a publish form (Mercure draft -08, "Publication").</summary>
internal struct PublishForm
{
    private string[]? _topics;
    private List<string>? _manyTopics;
    private byte[]? _data;
    private string? _id;
    private string? _type;
    private string? _retry;
    private bool _private;

    /// <summary>Reads the fields; returns the draft, or what to change. Fields of other names are ignored, as the draft asks.</summary>
    internal static (EventDraft? Draft, Problem? Problem) Read(ReadOnlySpan<byte> body, EventLimits limits)
    {
        var fields = default(PublishForm);
        var form = new FormReader(body);
        while (form.Read())
        {
            if (fields.Take(form.Name, form.Value, limits.MaxTopics) is { } problem) return (null, problem);
        }
        if (!TryReadRetry(fields._retry, out var retry))
            return (null, BadRequest("retry-invalid", $"The field retry must be ASCII digits, milliseconds up to {int.MaxValue}; correct it or leave it out."));
        var draft = new EventDraft
        {
            Topics = fields._manyTopics ?? (IReadOnlyList<string>?)fields._topics ?? [],
            Data = fields._data,
            // An empty field is what a browser's form sends for one that was not filled in.
            Id = NullIfEmpty(fields._id),
            Type = NullIfEmpty(fields._type),
            RetryMilliseconds = retry,
            Private = fields._private,
        };
        return (draft, null);
    }

    private Problem? Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int maxTopics)
    {
        if (name.SequenceEqual("topic"u8)) return Utf8.IsValid(value) ? AddTopic(Encoding.UTF8.GetString(value), maxTopics) : InvalidUtf8("topic");
        if (name.SequenceEqual("data"u8)) return TakeData(value);
        if (name.SequenceEqual("id"u8)) return TakeText("id", value, ref _id);
        if (name.SequenceEqual("type"u8)) return TakeText("type", value, ref _type);
        if (name.SequenceEqual("retry"u8)) return TakeText("retry", value, ref _retry);
        // Its presence counts, whatever its value: the draft forbids interpreting it.
        if (name.SequenceEqual("private"u8)) _private = true;
        return null;
    }

    private Problem? AddTopic(string topic, int maxTopics)
    {
        if (_topics is null)
        {
            _topics = [topic];
            return null;
        }
        _manyTopics ??= [_topics[0]];
        // One more than the limit is enough to be refused; comparing a hundred thousand would take a core for seconds (CWE-407).
        if (_manyTopics.Count <= maxTopics && !_manyTopics.Contains(topic)) _manyTopics.Add(topic);
        return null;
    }

    private Problem? TakeData(ReadOnlySpan<byte> value)
    {
        if (!Utf8.IsValid(value)) return InvalidUtf8("data");
        if (_data is not null) return Repeated("data");
        _data = value.ToArray();
        return null;
    }

    private static Problem? TakeText(string name, ReadOnlySpan<byte> value, ref string? field)
    {
        if (!Utf8.IsValid(value)) return InvalidUtf8(name);
        if (field is not null) return Repeated(name);
        field = Encoding.UTF8.GetString(value);
        return null;
    }

    private static bool TryReadRetry(string? text, out int? retry)
    {
        retry = null;
        if (text is null) return true;
        // The framework's parser lets NUL characters follow the digits.
        if (text.Contains('\0') || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)) return false;
        retry = milliseconds;
        return true;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static Problem InvalidUtf8(string field) => BadRequest("invalid-utf8", $"The field {field} is not valid UTF-8; encode it so.");

    private static Problem Repeated(string field) => BadRequest("field-repeated", $"The field {field} appears more than once; give it once.");

    private static Problem BadRequest(string name, string detail) => new(StatusCodes.Status400BadRequest, name, detail);
}
