using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Fonte.Samples.Pages;

/// <summary>Where a stream begins that does not say where, so that a page has a past to show as soon as it is open. Who resumes has a last event ID, which counts more.</summary>
public static class StreamBeginnings
{
    /// <summary>Some time ago.</summary>
    /// <remarks>By the server's clock, which is the log's: the browser's may be wrong.</remarks>
    public static void BeginEarlier(this HttpRequest request, TimeProvider time, TimeSpan history)
    {
        ArgumentNullException.ThrowIfNull(time);
        request.Add("since", (time.GetUtcNow() - history).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>With the first event that the log has of its topics.</summary>
    public static void BeginWithFirst(this HttpRequest request) => request.Add("last_event_id", "earliest");

    private static void Add(this HttpRequest request, string name, string value)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.Query.ContainsKey(name)) request.QueryString = request.QueryString.Add(name, value);
    }
}
