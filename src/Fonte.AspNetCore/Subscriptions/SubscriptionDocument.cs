using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fonte.AspNetCore;

/// <summary>The JSON documents of subscriptions (Mercure draft -08, "Subscription Events" and "Subscription API").</summary>
internal static class SubscriptionDocument
{
    // The documents are never put into HTML, so quotation marks need not be hidden from it.
    internal static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static ReadOnlyMemory<byte> Write(ActiveSubscription subscription, bool active)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, Readable)) Write(json, subscription, active);
        return body.WrittenMemory;
    }

    /// <summary>The document of a collection.</summary>
    internal static ReadOnlyMemory<byte> WriteAll(string id, IEnumerable<ActiveSubscription> subscriptions)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("type", "subscriptions");
            json.WriteStartArray("subscriptions");
            foreach (var subscription in subscriptions) Write(json, subscription, active: true);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return body.WrittenMemory;
    }

    /// <summary>Whether a document that was written here is of a subscription that had not ended; <see langword="null"/> for one that was not written here.</summary>
    internal static bool? IsActive(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var parsed = JsonDocument.Parse(document);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object || !parsed.RootElement.TryGetProperty("active", out var active)) return null;
            return active.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The subscription of an event, of either version, and whether it had begun or ended; <see langword="null"/> for an event that is not of one.</summary>
    internal static (ActiveSubscription Subscription, bool IsActive)? Read(LoggedEvent logged, string collection)
    {
        try
        {
            using var document = JsonDocument.Parse(logged.Data);
            var root = document.RootElement;
            var is0x = logged.Type is null;
            var payload = root.TryGetProperty("payload", out var value) ? value.GetRawText() : null;
            var subscription = new ActiveSubscription(
                is0x ? "" : root.GetProperty("match_type").GetString()!,
                root.GetProperty(is0x ? "topic" : "match").GetString()!,
                root.GetProperty("subscriber").GetString()!,
                collection,
                payload,
                is0x);
            return subscription.Topic == logged.Topics[0] ? (subscription, root.GetProperty("active").GetBoolean()) : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            return null;
        }
    }

    /// <summary>The same document of a subscription that has ended.</summary>
    /// <exception cref="JsonException">It is not one of ours.</exception>
    internal static ReadOnlyMemory<byte> Ended(ReadOnlyMemory<byte> document)
    {
        using var parsed = JsonDocument.Parse(document);
        var body = new ArrayBufferWriter<byte>(document.Length + 1);
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            foreach (var property in parsed.RootElement.EnumerateObject())
            {
                if (property.NameEquals("active")) json.WriteBoolean("active", false);
                else property.WriteTo(json);
            }
            json.WriteEndObject();
        }
        return body.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, ActiveSubscription subscription, bool active)
    {
        json.WriteStartObject();
        json.WriteString("id", subscription.Topic);
        json.WriteString("type", "subscription");
        json.WriteString("match_type", subscription.Type);
        json.WriteString("match", subscription.Match);
        json.WriteString("subscriber", subscription.Subscriber);
        json.WriteBoolean("active", active);
        if (subscription.Payload is not null)
        {
            json.WritePropertyName("payload");
            json.WriteRawValue(subscription.Payload);
        }
        json.WriteEndObject();
    }
}
