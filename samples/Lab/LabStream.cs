using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Fonte.Samples.Lab;

/// <summary>One of the lab's event streams: its URL and the JSON of its events.</summary>
internal sealed class LabStream
{
    // Letters stay letters: by default every 'á' would travel as \u00E1.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly Action<Utf8JsonWriter, LabReadings, long> _fields;

    private LabStream(string name, string path, Action<Utf8JsonWriter, LabReadings, long> fields)
    {
        Name = name;
        Path = path;
        _fields = fields;
    }

    public static IReadOnlyList<LabStream> All { get; } =
    [
        new("eventos", "/eventos", (json, _, count) =>
        {
            json.WriteNumber("contador", count);
            json.WriteString("mensagem", $"Olá! Esta é a mensagem número {count.ToString(CultureInfo.InvariantCulture)}.");
        }),
        new("temperatura", "/eventos/temperatura", (json, readings, count) =>
        {
            json.WriteNumber("contador", count);
            json.WriteNumber("temperatura", readings.Temperature());
        }),
        new("sensores", "/eventos/sensores", (json, readings, _) =>
        {
            json.WriteNumber("temperatura", readings.Temperature());
            json.WriteNumber("umidade", readings.Humidity());
            json.WriteNumber("pressao", readings.Pressure());
        }),
    ];

    public string Name { get; }

    public string Path { get; }

    /// <summary>The topic that carries this stream at this interval, such as <c>lab/eventos/2.0</c>.</summary>
    public string Topic(LabInterval interval) => $"lab/{Name}/{interval}";

    public ReadOnlyMemory<byte> Write(LabReadings readings, long count, DateTimeOffset time)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            _fields(json, readings, count);
            json.WriteString("horario", time.ToString("HH:mm:ss", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
