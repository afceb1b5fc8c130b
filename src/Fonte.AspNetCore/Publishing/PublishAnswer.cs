using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>What a publisher is told when its events are durable: the ID as text, or those of a batch as a JSON array.</summary>
internal static class PublishAnswer
{
    private const string ReplayedField = "Idempotent-Replayed";
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the answer; the server sends it when the endpoint returns.</summary>
    internal static void Write(HttpResponse response, PublishResult result, bool isBatch)
    {
        response.Headers.CacheControl = "no-store";
        if (result.IsRepeated) response.Headers[ReplayedField] = "true";
        if (isBatch) WriteIds(response, result.Ids);
        else WriteId(response, result.Id!);
    }

    private static void WriteId(HttpResponse response, string id)
    {
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = Encoding.UTF8.GetByteCount(id);
        Encoding.UTF8.GetBytes(id, response.BodyWriter);
    }

    private static void WriteIds(HttpResponse response, IReadOnlyList<string> ids)
    {
        response.ContentType = "application/json";
        var body = new ArrayBufferWriter<byte>(16 + 64 * ids.Count);
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartArray();
            foreach (var id in ids) json.WriteStringValue(id);
            json.WriteEndArray();
        }
        response.ContentLength = body.WrittenCount;
        response.BodyWriter.Write(body.WrittenSpan);
    }
}
