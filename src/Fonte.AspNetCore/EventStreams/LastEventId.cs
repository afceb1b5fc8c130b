using System.Text;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>The cursor a request brings: the field wins over the parameter; an empty one counts as absent.</summary>
internal static class LastEventId
{
    internal const string RequestField = "Last-Event-ID";
    internal const string ResponseField = "Mercure-Last-Event-ID";

    /// <summary>Reads the field, else the first parameter that is not empty; or says what to change.</summary>
    internal static (string? Cursor, Problem? Problem) Of(HttpRequest request)
    {
        string? parameter = null;
        var pairs = Pairs(request.QueryString);
        while (pairs.Read())
        {
            if (IsParameter(pairs.Name) && ReadParameter(pairs, ref parameter) is { } problem) return (null, problem);
        }
        return (OfField(request) ?? parameter, null);
    }

    /// <summary>The field. Of several only the first: a comma may stand in an ID, so a joined list could not be told apart.</summary>
    internal static string? OfField(HttpRequest request)
    {
        var values = request.Headers[RequestField];
        return values.Count > 0 && !string.IsNullOrEmpty(values[0]) ? values[0] : null;
    }

    internal static FormReader Pairs(QueryString query)
    {
        var text = query.Value ?? "";
        return new(Encoding.UTF8.GetBytes(text.StartsWith('?') ? text[1..] : text));
    }

    internal static bool IsParameter(ReadOnlySpan<byte> name) => name.SequenceEqual("last_event_id"u8);

    /// <summary>Takes the parameter's value unless there was one before it.</summary>
    internal static Problem? ReadParameter(FormReader pair, ref string? cursor)
    {
        if (!pair.TryGetText(out var value))
            return new(StatusCodes.Status400BadRequest, "invalid-utf8", "The parameter last_event_id is not valid UTF-8; encode it so.");
        if (value.Length > 0) cursor ??= value;
        return null;
    }
}
