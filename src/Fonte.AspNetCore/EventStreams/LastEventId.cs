using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>The fields that carry a last event ID.</summary>
internal static class LastEventId
{
    internal const string RequestField = "Last-Event-ID";
    internal const string ResponseField = "Mercure-Last-Event-ID";

    /// <summary>The request's, or <see langword="null"/>. Of several only the first: a comma may stand in an ID, so a joined list could not be told apart.</summary>
    internal static string? OfField(HttpRequest request)
    {
        var values = request.Headers[RequestField];
        return values.Count > 0 && !string.IsNullOrEmpty(values[0]) ? values[0] : null;
    }
}
