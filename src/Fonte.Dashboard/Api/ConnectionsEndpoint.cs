using System.Text.Json;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Http;

namespace Fonte.Dashboard;

/// <summary><c>GET api/connections</c>: the event streams that are furthest behind, and why others have ended.</summary>
internal sealed class ConnectionsEndpoint(FonteHost host, HubTotals totals)
{
    /// <summary>How many event streams are told of.</summary>
    internal const int Most = 500;

    private const int MostMatchers = 10;

    internal async Task HandleAsync(HttpContext context, AccessToken? token)
    {
        var hub = host.HubIfReady;
        var census = hub is null ? null : await hub.CountAsync(Most).WaitAsync(context.RequestAborted).ConfigureAwait(false);
        var end = host.LogIfReady?.NextOffset ?? 0;
        await JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteNumber("total", census?.Total ?? 0);
            json.WriteStartArray("connections");
            foreach (var report in census?.Reports ?? []) Write(json, report, hub!.PositionBefore(report.Next), Math.Max(0, end - report.Next));
            json.WriteEndArray();
            json.WriteStartObject("ended");
            foreach (var reason in Enum.GetValues<DisconnectReason>()) json.WriteNumber(JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString()), totals.Ended(reason));
            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, StreamReport report, string position, long lag)
    {
        json.WriteStartObject();
        json.WriteNumber("ageSeconds", report.Age.TotalSeconds);
        json.WriteString("state", JsonNamingPolicy.KebabCaseLower.ConvertName(report.State.ToString()));
        json.WriteString("position", position);
        json.WriteNumber("lag", lag);
        json.WriteNumber("matcherCount", report.Matchers.Count);
        json.WriteTexts("matchers", report.Matchers.Take(MostMatchers).Select(matcher => matcher.ToString()));
        json.WriteEndObject();
    }
}
