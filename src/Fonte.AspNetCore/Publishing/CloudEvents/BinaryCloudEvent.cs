using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fonte.AspNetCore;

/// <summary>
/// A CloudEvent of header fields and body (CloudEvents HTTP binding 1.0.2, section 3.1), made into the JSON that the same event would be in
/// structured mode, and then read as that.
/// </summary>
internal static class BinaryCloudEvent
{
    private const int MaxDataDepth = 63;
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads the event; returns the draft, or what to change.</summary>
    internal static (EventDraft? Draft, Problem? Problem) Read(HttpRequest request, ReadOnlySpan<byte> body)
    {
        var text = new ArrayBufferWriter<byte>(body.Length + 512);
        using (var json = new Utf8JsonWriter(text, Readable))
        {
            json.WriteStartObject();
            if ((WriteAttributes(json, request.Headers) ?? WriteData(json, request.ContentType, body)) is { } problem) return (null, problem);
            json.WriteEndObject();
        }
        return CloudEventReader.ReadOne(text.WrittenSpan);
    }

    private static Problem? WriteAttributes(Utf8JsonWriter json, IHeaderDictionary headers)
    {
        foreach (var (field, values) in headers)
        {
            if (!field.StartsWith(CloudEventFields.Prefix, StringComparison.OrdinalIgnoreCase)) continue;
            var name = field[CloudEventFields.Prefix.Length..].ToLowerInvariant();
            // The body is the data, and its own fields describe it; a second word on it would be a second member of the same name.
            if (name is "data" or "datacontenttype" || name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
                return CloudEventProblems.Invalid("A field that begins with ce- names no attribute of a CloudEvent, which is lower-case letters and digits, and not data or datacontenttype; leave it out.");
            if (values.Count != 1) return CloudEventProblems.Invalid("A field that begins with ce- appears more than once; give it once.");
            if (Decode(values[0] ?? "") is not { } value)
                return new(StatusCodes.Status400BadRequest, "invalid-utf8", "A field that begins with ce- is not valid UTF-8 after percent-decoding; encode it so.");
            // The one extension that the hub understands is a boolean; a field has no types.
            if (name == "private" && bool.TryParse(value, out var isPrivate)) json.WriteBoolean(name, isPrivate);
            else json.WriteString(name, value);
        }
        return null;
    }

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>A field's value without quotation marks and percent signs (HTTP binding, section 3.1.3.2), or <see langword="null"/>.</summary>
    private static string? Decode(string field)
    {
        if (field.Length > 1 && field[0] == '"' && field[^1] == '"') field = Unquote(field.AsSpan(1, field.Length - 2));
        if (!field.Contains('%')) return field;
        var bytes = Encoding.UTF8.GetBytes(field);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!PercentEncoding.IsEscape(bytes.AsSpan(i))) bytes[length++] = bytes[i];
            else
            {
                bytes[length++] = PercentEncoding.ValueOf(bytes.AsSpan(i));
                i += 2;
            }
        }
        return Utf8.IsValid(bytes.AsSpan(0, length)) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    // RFC 9110, section 5.6.4.
    private static string Unquote(ReadOnlySpan<char> quoted)
    {
        var text = new StringBuilder(quoted.Length);
        for (var i = 0; i < quoted.Length; i++) text.Append(quoted[i] == '\\' && i + 1 < quoted.Length ? quoted[++i] : quoted[i]);
        return text.ToString();
    }

    /// <summary>JSON stays JSON, text becomes a JSON string, everything else Base64 (JSON event format, section 3.1).</summary>
    private static Problem? WriteData(Utf8JsonWriter json, string? contentType, ReadOnlySpan<byte> body)
    {
        if (!string.IsNullOrEmpty(contentType)) json.WriteString("datacontenttype", contentType);
        if (body.IsEmpty) return null;
        var isUtf8 = MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
        if (isUtf8 && IsJson(type!))
        {
            if (!IsOneJsonValue(body)) return CloudEventReader.ProblemOf(body);
            json.WritePropertyName("data");
            json.WriteRawValue(body, skipInputValidation: true);
        }
        else if (isUtf8 && IsText(type!) && Utf8.IsValid(body)) json.WriteString("data", body);
        else json.WriteBase64String("data_base64", body);
        return null;
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);

    private static bool IsText(MediaTypeHeaderValue type) =>
        type.Type.Equals("text", StringComparison.OrdinalIgnoreCase) || type.SubType.Equals("xml", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("xml", StringComparison.OrdinalIgnoreCase)
        || type.MediaType.Equals(PublishFormats.Form, StringComparison.OrdinalIgnoreCase);

    private static bool IsOneJsonValue(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDataDepth });
            while (reader.Read())
            {
            }
            return Utf8.IsValid(body);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
