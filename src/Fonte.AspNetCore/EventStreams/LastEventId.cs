using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>The cursor a request brings.</summary>
internal static class LastEventId
{
    internal const string RequestField = "Last-Event-ID";
    internal const string ResponseField = "Mercure-Last-Event-ID";
    private const string Parameter = "last_event_id";

    /// <summary>The request field; an empty one counts as absent.</summary>
    internal static string? Of(HttpRequest request) => NullIfEmpty(request.Headers[RequestField]);

    /// <summary>The request field, or the parameter of the query.</summary>
    internal static string? OfFieldOrQuery(HttpRequest request) => Of(request) ?? NullIfEmpty(request.Query[Parameter]);

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
