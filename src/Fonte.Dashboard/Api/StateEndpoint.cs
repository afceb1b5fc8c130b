using System.Text.Json;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.Dashboard;

/// <summary><c>GET api/state</c>: how the hub and its log are, and totals of which a page makes rates.</summary>
internal sealed class StateEndpoint(FonteHost host, HubTotals totals, IOptions<FonteHttpOptions> options, TimeProvider time)
{
    internal Task HandleAsync(HttpContext context, AccessToken? token) => JsonAnswer.WriteAsync(context, json =>
    {
        var hub = host.HubIfReady;
        json.WriteTexts("faults", hub?.Faults ?? [host.WhyNotReady]);
        json.WriteString("run", totals.Run);
        json.WriteNumber("now", time.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteNumber("connections", hub?.Subscribers ?? 0);
        json.WriteNumber("published", totals.PublishedEvents);
        json.WriteNumber("delivered", totals.DeliveredEvents);
        WriteLags(json);
        if (hub is not null && host.LogIfReady is { } log) WriteLog(json, hub, log);
        WriteRetention(json, options.Value);
        if (host.Replica is { } replica) WriteShared(json, replica);
    });

    // Pairs of numbers: so many batches took less than so many microseconds, and no less than the pair before says.
    private void WriteLags(Utf8JsonWriter json)
    {
        json.WriteStartArray("lags");
        foreach (var (below, batches) in totals.Lags)
        {
            json.WriteStartArray();
            json.WriteNumberValue(below);
            json.WriteNumberValue(batches);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private static void WriteLog(Utf8JsonWriter json, EventHub hub, IEventLog log)
    {
        var (oldest, next) = (log.OldestOffset, log.NextOffset);
        json.WriteStartObject("log");
        json.WriteNumber("oldest", oldest);
        json.WriteNumber("next", next);
        // Of events that are there; an empty log has none.
        if (next > oldest)
        {
            json.WriteString("firstPosition", hub.PositionBefore(oldest + 1));
            json.WriteString("lastPosition", hub.PositionBefore(next));
        }
        json.WriteNumber("bytes", log.SizeBytes);
        json.WriteEndObject();
    }

    private static void WriteRetention(Utf8JsonWriter json, FonteHttpOptions options)
    {
        var isInMemory = options.Data == FonteOptions.InMemory;
        json.WriteStartObject("retention");
        json.WriteBoolean("inMemory", isInMemory);
        json.WriteNumber("maxAgeSeconds", isInMemory ? 0 : (long)options.Retention.MaxAge.TotalSeconds);
        json.WriteNumber("maxEvents", isInMemory ? 0 : options.Retention.MaxEvents);
        json.WriteNumber("maxBytes", isInMemory ? options.MemoryLogBytes : options.Retention.MaxBytes);
        json.WriteNumber("topicRules", isInMemory ? 0 : options.Retention.Topics.Count);
        json.WriteEndObject();
    }

    private static void WriteShared(Utf8JsonWriter json, SharedLogReplica replica)
    {
        json.WriteStartObject("shared");
        json.WriteString("node", replica.Tag);
        json.WriteNumber("lagSeconds", replica.Lag.TotalSeconds);
        json.WriteNumber("setAside", replica.Malformed);
        json.WriteStartArray("nodes");
        foreach (var (tag, silent) in replica.Others.All)
        {
            json.WriteStartObject();
            json.WriteString("tag", tag);
            json.WriteNumber("silentSeconds", silent.TotalSeconds);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
