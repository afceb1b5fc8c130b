using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>Results that an application's own endpoints return.</summary>
public static class FonteResults
{
    /// <summary>
    /// An event stream of these topics at the application's own URL, guarded by its own routing and authorization. Resumes from the
    /// field <c>Last-Event-ID</c> or the parameter <c>last_event_id</c>, else begins at the time of the parameter <c>since</c> (RFC 3339).
    /// Private events are not in it, unless <see cref="EventStreamOptions.IncludePrivate"/> says so.
    /// </summary>
    /// <remarks>
    /// The guard holds for this URL alone: where <c>MapFonte()</c> is mapped too, anyone may subscribe to the same public events
    /// there, unless <see cref="FonteHttpOptions.AnonymousSubscribe"/> is off. A topic that is empty, <c>*</c> or holds a control or
    /// format character is answered 400, because it often comes from the route.
    /// </remarks>
    /// <param name="topics">At least one.</param>
    /// <exception cref="ArgumentException">There is no topic.</exception>
    public static IResult EventStream(params string[] topics) => EventStream(new EventStreamOptions { Topics = topics });

    /// <summary>An event stream with more to choose.</summary>
    /// <exception cref="ArgumentException">There is no topic, and <see cref="EventStreamOptions.AllTopics"/> is off.</exception>
    public static IResult EventStream(EventStreamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Topics.Count == 0 && !options.AllTopics) throw new ArgumentException("Give at least one topic.", nameof(options));
        return new EventStreamResult(options);
    }

    /// <summary>
    /// The answer to a stream that cannot be served now: 200, the reconnection time and the end. A native <c>EventSource</c> comes back by
    /// itself, whereas it would stop for ever at a 4xx or 5xx.
    /// </summary>
    public static IResult TryAgainLater() => new TryAgainLaterResult();
}
