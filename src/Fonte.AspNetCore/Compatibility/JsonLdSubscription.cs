using System.Buffers;
using System.Text.Json;

namespace Fonte.AspNetCore;

/// <summary>The JSON-LD documents of subscriptions in Mercure 0.x (its "Subscription Events" and "Subscription API").</summary>
internal static class JsonLdSubscription
{
    private const string Context = "https://mercure.rocks/";

    /// <summary>The document of an event.</summary>
    internal static ReadOnlyMemory<byte> Write(ActiveSubscription subscription, bool active) => Write(json => WriteMembers(json, subscription, active, isRoot: true));

    /// <summary>The document at a subscription's address.</summary>
    internal static ReadOnlyMemory<byte> Write(ActiveSubscription subscription, string lastEventId) => Write(json =>
    {
        WriteMembers(json, subscription, active: true, isRoot: true);
        json.WriteString("lastEventID", lastEventId);
    });

    /// <summary>The document of a collection.</summary>
    internal static ReadOnlyMemory<byte> WriteAll(string id, IEnumerable<ActiveSubscription> subscriptions, string lastEventId) => Write(json =>
    {
        json.WriteString("@context", Context);
        json.WriteString("id", id);
        json.WriteString("type", "Subscriptions");
        json.WriteString("lastEventID", lastEventId);
        json.WriteStartArray("subscriptions");
        foreach (var subscription in subscriptions)
        {
            json.WriteStartObject();
            WriteMembers(json, subscription, active: true, isRoot: false);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, SubscriptionDocument.Readable))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return body.WrittenMemory;
    }

    private static void WriteMembers(Utf8JsonWriter json, ActiveSubscription subscription, bool active, bool isRoot)
    {
        if (isRoot) json.WriteString("@context", Context);
        json.WriteString("id", subscription.Topic);
        json.WriteString("type", "Subscription");
        json.WriteString("topic", subscription.Match);
        json.WriteString("subscriber", subscription.Subscriber);
        json.WriteBoolean("active", active);
        if (subscription.Payload is null) return;
        json.WritePropertyName("payload");
        json.WriteRawValue(subscription.Payload);
    }
}
