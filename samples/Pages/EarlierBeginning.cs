using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Fonte.Samples.Pages;

public static class EarlierBeginning
{
    /// <summary>Lets a stream that does not say where begin some time ago, so that a page has a past to show as soon as it is open.</summary>
    /// <remarks>By the server's clock, which is the log's: the browser's may be wrong. Who resumes has a last event ID, which counts more.</remarks>
    public static void BeginEarlier(this HttpRequest request, TimeProvider time, TimeSpan history)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(time);
        if (request.Query.ContainsKey("since")) return;
        request.QueryString = request.QueryString.Add("since", (time.GetUtcNow() - history).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }
}
