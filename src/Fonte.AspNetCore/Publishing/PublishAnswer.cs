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

    /// <summary>Sends the answer.</summary>
    internal static Task WriteAsync(HttpResponse response, PublishResult result, bool isBatch)
    {
        response.Headers.CacheControl = "no-store";
        if (result.IsRepeated) response.Headers[ReplayedField] = "true";
        return isBatch ? WriteIdsAsync(response, result.Ids) : WriteIdAsync(response, result.Id!);
    }

    private static Task WriteIdAsync(HttpResponse response, string id)
    {
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = Encoding.UTF8.GetByteCount(id);
        Encoding.UTF8.GetBytes(id, response.BodyWriter);
        return Task.CompletedTask;
    }

    private static Task WriteIdsAsync(HttpResponse response, IReadOnlyList<string> ids)
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
        // Not by the BodyWriter: before the response has begun it gives no memory to who asks for any amount, where a transport rents from the shared pool.
        return response.Body.WriteAsync(body.WrittenMemory, response.HttpContext.RequestAborted).AsTask();
    }
}
