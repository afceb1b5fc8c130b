using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>An event from the fields of a publish form (Mercure draft -08, "Publication").</summary>
internal static class PublishForm
{
    /// <summary>Reads the fields; returns the draft, or what to change. Fields of other names are ignored, as the draft asks.</summary>
    internal static (EventDraft? Draft, Problem? Problem) Read(ReadOnlySpan<byte> body, EventLimits limits)
    {
        var topics = new List<string>();
        var single = new Dictionary<string, string>();
        byte[]? data = null;
        var isPrivate = false;
        var form = new FormReader(body);
        while (form.Read())
        {
            var name = NameOf(form.Name);
            if (name is null) continue;
            if (name == "private")
            {
                // Its presence counts, whatever its value: the draft forbids interpreting it.
                isPrivate = true;
                continue;
            }
            if (!Utf8.IsValid(form.Value)) return (null, BadRequest("invalid-utf8", $"The field {name} is not valid UTF-8; encode it so."));
            if (name == "topic")
            {
                // One more than the limit is enough to be refused; comparing a hundred thousand would take a core for seconds (CWE-407).
                var topic = Encoding.UTF8.GetString(form.Value);
                if (topics.Count <= limits.MaxTopics && !topics.Contains(topic)) topics.Add(topic);
            }
            else if (name == "data" ? data is not null : !single.TryAdd(name, Encoding.UTF8.GetString(form.Value)))
            {
                return (null, BadRequest("field-repeated", $"The field {name} appears more than once; give it once."));
            }
            else if (name == "data")
            {
                data = form.Value;
            }
        }
        if (!TryReadRetry(single.GetValueOrDefault("retry"), out var retry))
            return (null, BadRequest("retry-invalid", $"The field retry must be ASCII digits, milliseconds up to {int.MaxValue}; correct it or leave it out."));
        var draft = new EventDraft
        {
            Topics = topics,
            Data = data,
            // An empty field is what a browser's form sends for one that was not filled in.
            Id = NullIfEmpty(single.GetValueOrDefault("id")),
            Type = NullIfEmpty(single.GetValueOrDefault("type")),
            RetryMilliseconds = retry,
            Private = isPrivate,
        };
        return (draft, null);
    }

    private static string? NameOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("topic"u8) ? "topic"
        : name.SequenceEqual("data"u8) ? "data"
        : name.SequenceEqual("id"u8) ? "id"
        : name.SequenceEqual("type"u8) ? "type"
        : name.SequenceEqual("retry"u8) ? "retry"
        : name.SequenceEqual("private"u8) ? "private"
        : null;

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

    private static Problem BadRequest(string name, string detail) => new(StatusCodes.Status400BadRequest, name, detail);
}
