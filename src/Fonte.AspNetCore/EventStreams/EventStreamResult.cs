using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>A result that streams topics at the application's own URL.</summary>
internal sealed class EventStreamResult : IResult
{
    private readonly SubscribeRequest _request;
    private readonly bool _resume;

    internal EventStreamResult(EventStreamOptions options)
    {
        if (options.Topics.Count == 0) throw new ArgumentException("Give at least one topic.", nameof(options));
        _request = new() { Matchers = [.. options.Topics.Select(TopicMatcher.Exact)], TellGaps = options.TellGaps };
        _resume = options.Resume;
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        return EventStreamResponse.RunAsync(httpContext, _request, _resume ? LastEventId.OfFieldOrQuery(httpContext.Request) : null);
    }
}

/// <summary>Results that an application's own endpoints return.</summary>
public static class FonteResults
{
    /// <summary>
    /// An event stream of these topics at the application's own URL, guarded by its own routing and authorization. Private events are
    /// not in it. Resumes from the field <c>Last-Event-ID</c> or the parameter <c>last_event_id</c>.
    /// </summary>
    /// <param name="topics">At least one; <c>*</c> is every topic.</param>
    /// <exception cref="ArgumentException">There is no topic, or one is empty or holds a control or format character.</exception>
    public static IResult EventStream(params string[] topics) => new EventStreamResult(new() { Topics = topics });

    /// <summary>An event stream with more to choose.</summary>
    /// <exception cref="ArgumentException">There is no topic, or one is empty or holds a control or format character.</exception>
    public static IResult EventStream(EventStreamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new EventStreamResult(options);
    }
}
