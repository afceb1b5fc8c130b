using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Fonte;

/// <summary>Keeps records of a shared log that are no events in a file beside the replica, one JSON object a line: where, why, and what they hold. Not thread-safe.</summary>
/// <remarks>The older half goes when the file is full. In full, a record stays in the broker's log as long as that keeps it, at the offset that is told.</remarks>
/// <param name="directory">The replica's folder.</param>
/// <param name="most">How many bytes two files may have together.</param>
internal sealed class SetAsideRecords(string directory, long most = SetAsideRecords.DefaultMost)
{
    internal const string FileName = "set-aside.ndjson";
    internal const string FormerName = "set-aside.1.ndjson";
    private const long DefaultMost = 16 * 1024 * 1024;

    // Of a header and of the data.
    private const int LongestValue = 4096;
    private const int LongestName = 256;

    // So that a line has some hundred kilobytes at most.
    private const int MostHeaders = 32;
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Keeps a record.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal void Add(SharedRecord record, string fault, DateTimeOffset at)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line, Readable)) Write(json, record, fault, at);
        var path = Path.Combine(directory, FileName);
        if (File.Exists(path) && new FileInfo(path).Length + line.WrittenCount > most / 2) File.Move(path, Path.Combine(directory, FormerName), overwrite: true);
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write(line.WrittenSpan);
        file.WriteByte((byte)'\n');
    }

    private static void Write(Utf8JsonWriter json, SharedRecord record, string fault, DateTimeOffset at)
    {
        json.WriteStartObject();
        json.WriteNumber("offset", record.Offset);
        json.WriteString("at", at);
        json.WriteString("fault", fault);
        json.WriteStartArray("headers");
        foreach (var (name, value) in record.Headers.Take(MostHeaders))
        {
            json.WriteStartObject();
            json.WriteString("name", Encoding.UTF8.GetString(Part(Encoding.UTF8.GetBytes(name), LongestName)));
            WriteValue(json, "value", value.Span);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("header_count", record.Headers.Count);
        WriteValue(json, "data", record.Body.Span);
        json.WriteNumber("bytes", record.Body.Length);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> value, int longest) => value[..Math.Min(value.Length, longest)];

    private static void WriteValue(Utf8JsonWriter json, string name, ReadOnlySpan<byte> value)
    {
        var part = Part(value, LongestValue);
        if (Utf8.IsValid(part)) json.WriteString(name, Encoding.UTF8.GetString(part));
        else json.WriteBase64String($"{name}_base64", part);
    }
}
