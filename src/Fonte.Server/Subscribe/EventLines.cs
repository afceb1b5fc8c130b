using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fonte.Client;

namespace Fonte.Server;

/// <summary>Events as lines for a terminal or for another program.</summary>
internal static class EventLines
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>id type data</c>; further lines of the data are indented.</summary>
    internal static string Text(ReceivedEvent received) =>
        Harmless($"{received.Id}  {received.Type}  {received.Data.Replace("\n", "\n    ", StringComparison.Ordinal)}");

    /// <summary>An object with <c>id</c>, <c>type</c> and <c>data</c>, in one line.</summary>
    internal static string Json(ReceivedEvent received)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("id", received.Id);
            json.WriteString("type", received.Type);
            json.WriteString("data", received.Data);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // A stranger's event must not move the cursor, change colours or retitle the window (CWE-150).
    private static string Harmless(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(source[i]) && source[i] is not ('\n' or '\t') ? '\uFFFD' : source[i];
    });
}
