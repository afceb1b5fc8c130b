using System.Globalization;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Http;

namespace Fonte.Dashboard;

/// <summary><c>GET api/event?id=…</c>: one event as the log holds it.</summary>
internal sealed class EventEndpoint(FonteHost host)
{
    private static readonly Problem NoEvent = new(StatusCodes.Status404NotFound, "no-event", "The log has no event with this ID, or has it no longer.");

    private static readonly Problem Damaged = new(StatusCodes.Status500InternalServerError, "event-damaged", "The event is not as it was written; fonte log verify tells more.");

    internal Task HandleAsync(HttpContext context, AccessToken? token)
    {
        var id = context.Request.Query["id"].ToString();
        if (host.HubIfReady is not { } hub || host.LogIfReady is not { } log) return Problems.NotReady.WriteAsync(context);
        try
        {
            return Find(hub, log, id) is { } found ? WriteAsync(context, hub, found) : NoEvent.WriteAsync(context);
        }
        catch (LogDamagedException)
        {
            return Damaged.WriteAsync(context);
        }
    }

    private static LoggedEvent? Find(EventHub hub, IEventLog log, string id)
    {
        if ((hub.OffsetOf(id) ?? log.FindEventId(id)) is not { } offset || offset < Math.Max(1, log.OldestOffset) || offset >= log.NextOffset) return null;
        var slice = log.Read(offset, maxEvents: 1, maxBytes: 1);
        return slice.Events.Count > 0 && slice.Events[0].Offset == offset ? slice.Events[0] : null;
    }

    private static Task WriteAsync(HttpContext context, EventHub hub, LoggedEvent found) => JsonAnswer.WriteAsync(context, json =>
    {
        json.WriteString("id", found.Id ?? hub.PositionBefore(found.Offset + 1));
        json.WriteString("position", hub.PositionBefore(found.Offset + 1));
        if (found.Type is not null) json.WriteString("type", found.Type);
        json.WriteTexts("topics", found.Topics);
        json.WriteBoolean("private", found.Private);
        if (found.RetryMilliseconds is { } retry) json.WriteNumber("retry", retry);
        json.WriteString("time", DateTimeOffset.UnixEpoch.AddTicks(found.TimeMicroseconds * TimeSpan.TicksPerMicrosecond).ToString("O", CultureInfo.InvariantCulture));
        json.WriteNumber("bytes", found.Data.Length);
        json.WriteString("data", found.Data.Span);
    });
}
