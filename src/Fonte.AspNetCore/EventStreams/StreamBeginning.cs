using System.Text;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>Where a request asks its stream to begin: the field <c>Last-Event-ID</c>, and the parameters <c>last_event_id</c> and <c>since</c>.</summary>
internal struct StreamBeginning
{
    /// <summary>The cursor; the field wins over the parameter, and an empty one counts as absent.</summary>
    internal string? LastEventId { get; private set; }

    /// <summary>The time of <c>since</c>. A cursor wins over it: who reconnects keeps the URL and knows more.</summary>
    internal DateTimeOffset? Since { get; private set; }

    /// <summary>Reads both from a request, or says what to change.</summary>
    internal static (StreamBeginning Beginning, Problem? Problem) Of(HttpRequest request)
    {
        var beginning = default(StreamBeginning);
        var pairs = Pairs(request.QueryString);
        while (pairs.Read())
        {
            if (beginning.TryTake(pairs, out var problem) && problem is not null) return (default, problem);
        }
        return (beginning.Under(request), null);
    }

    internal static FormReader Pairs(QueryString query)
    {
        var text = query.Value ?? "";
        return new(Encoding.UTF8.GetBytes(text.StartsWith('?') ? text[1..] : text));
    }

    /// <summary>Takes a parameter if it is one of these; of several cursors the first that is not empty.</summary>
    internal bool TryTake(FormReader pair, out Problem? problem)
    {
        problem = null;
        if (pair.Name.SequenceEqual("last_event_id"u8)) problem = TakeLastEventId(pair);
        else if (pair.Name.SequenceEqual("since"u8)) problem = TakeSince(pair);
        else return false;
        return true;
    }

    /// <summary>The same with the request's field over the parameter.</summary>
    internal readonly StreamBeginning Under(HttpRequest request) =>
        new() { LastEventId = AspNetCore.LastEventId.OfField(request) ?? LastEventId, Since = Since };

    /// <summary>The same, or after this place if it names none.</summary>
    internal readonly StreamBeginning OrAfter(string position) => LastEventId is null && Since is null ? new() { LastEventId = position } : this;

    /// <summary>Takes a cursor, whatever its name is.</summary>
    internal Problem? TakeLastEventId(FormReader pair)
    {
        if (!pair.TryGetText(out var value))
            return new(StatusCodes.Status400BadRequest, "invalid-utf8", "The parameter last_event_id is not valid UTF-8; encode it so.");
        if (value.Length > 0) LastEventId ??= value;
        return null;
    }

    private Problem? TakeSince(FormReader pair)
    {
        if (Since is not null)
            return new(StatusCodes.Status400BadRequest, "since-invalid", "The parameter since appears more than once; give it once.");
        if (!Rfc3339.TryParse(pair.Value, out var since))
            return new(StatusCodes.Status400BadRequest, "since-invalid", "The parameter since must be a time with its offset as in RFC 3339, such as 2026-05-01T12:00:00Z; correct it.");
        Since = since;
        return null;
    }
}
