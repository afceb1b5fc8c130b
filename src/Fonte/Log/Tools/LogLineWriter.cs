using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fonte;

/// <summary>Writes the lines of an export.</summary>
internal sealed class LogLineWriter : IDisposable
{
    private const int FlushedAt = 64 * 1024;
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushedAt);
    private readonly Utf8JsonWriter _json;

    internal LogLineWriter(Stream output)
    {
        _output = output;
        // The lines are no part of a page, and text of other languages stays readable.
        _json = new(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    internal void WriteHeader(IReadOnlyList<LogEpoch> lineage, long oldest, long next)
    {
        _json.WriteStartObject();
        _json.WriteString("fonte"u8, "log"u8);
        _json.WriteNumber("version"u8, LogLine.Version);
        _json.WriteStartArray("lineage"u8);
        foreach (var (epoch, firstOffset) in lineage)
        {
            _json.WriteStartObject();
            _json.WriteString("epoch"u8, epoch);
            _json.WriteNumber("first_offset"u8, firstOffset);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
        _json.WriteNumber("oldest"u8, oldest);
        _json.WriteNumber("next"u8, next);
        EndLine();
    }

    internal void WriteEvent(LoggedEvent logged, byte[]? seal)
    {
        Span<char> time = stackalloc char[32];
        LogTimes.TryFormat(logged.TimeMicroseconds, time, out var length);
        _json.WriteStartObject();
        _json.WriteNumber("offset"u8, logged.Offset);
        _json.WriteString("time"u8, time[..length]);
        _json.WriteStartArray("topics"u8);
        foreach (var topic in logged.Topics) _json.WriteStringValue(topic);
        _json.WriteEndArray();
        if (logged.Id is not null) _json.WriteString("id"u8, logged.Id);
        if (logged.Type is not null) _json.WriteString("type"u8, logged.Type);
        if (logged.RetryMilliseconds is { } retry) _json.WriteNumber("retry"u8, retry);
        if (logged.Private) _json.WriteBoolean("private"u8, true);
        _json.WriteString("data"u8, logged.Data.Span);
        if (seal is not null) _json.WriteBase64String("idempotency_key"u8, seal);
        EndLine();
        if (_buffer.WrittenCount >= FlushedAt) Flush();
    }

    internal void WriteMarks(LogMarks marks)
    {
        foreach (var (topic, truncatedTo) in marks.Topics) WriteMark("topic", topic, truncatedTo);
        foreach (var (rule, truncatedTo) in marks.Rules) WriteMark("rule", rule, truncatedTo);
        if (marks.All > 0) WriteMark("all", null, marks.All);
    }

    internal void WriteEnd(long events)
    {
        _json.WriteStartObject();
        _json.WriteString("fonte"u8, "end"u8);
        _json.WriteNumber("events"u8, events);
        EndLine();
    }

    /// <summary>Hands everything to the output.</summary>
    internal void Flush()
    {
        _output.Write(_buffer.WrittenSpan);
        _output.Flush();
        _buffer.ResetWrittenCount();
    }

    public void Dispose() => _json.Dispose();

    private void WriteMark(string kind, string? name, long truncatedTo)
    {
        _json.WriteStartObject();
        _json.WriteString("truncated"u8, kind);
        if (name is not null) _json.WriteString(kind, name);
        _json.WriteNumber("to"u8, truncatedTo);
        EndLine();
        if (_buffer.WrittenCount >= FlushedAt) Flush();
    }

    private void EndLine()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _buffer.Write("\n"u8);
    }
}
