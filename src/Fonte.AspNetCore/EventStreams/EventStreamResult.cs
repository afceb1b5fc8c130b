using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fonte.AspNetCore;

/// <summary>A result that streams topics at the application's own URL.</summary>
internal sealed class EventStreamResult(EventStreamOptions options) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var beginning = default(StreamBeginning);
        Problem? problem = null;
        if (options.Resume) (beginning, problem) = StreamBeginning.Of(httpContext.Request);
        if (problem is not null) return problem.WriteAsync(httpContext);
        (var request, problem) = Read(beginning);
        return problem is null ? EventStreamResponse.RunAsync(httpContext, httpContext.RequestServices.GetRequiredService<FonteHost>(), request!) : problem.WriteAsync(httpContext);
    }

    // A topic often comes from the route, so an impossible one is the client's mistake and not the application's.
    private (SubscribeRequest? Request, Problem? Problem) Read(StreamBeginning beginning)
    {
        var matchers = new List<TopicMatcher>();
        foreach (var topic in options.Topics)
        {
            if (string.IsNullOrEmpty(topic) || topic == TopicMatcher.Wildcard.Pattern || !TextRules.IsClean(topic))
                return (null, new(StatusCodes.Status400BadRequest, "topic-invalid", "This address names a topic that cannot exist; correct it."));
            matchers.Add(TopicMatcher.Exact(topic));
        }
        // By name only: of all topics the public events.
        IReadOnlyList<TopicMatcher> grants = options.IncludePrivate ? [.. matchers] : [];
        if (options.AllTopics) matchers.Add(TopicMatcher.Wildcard);
        return (new()
        {
            Matchers = matchers,
            Grants = grants,
            TellGaps = options.TellGaps,
            LastEventId = beginning.LastEventId,
            Since = beginning.Since,
        }, null);
    }
}

/// <summary>The answer to a stream that must wait.</summary>
internal sealed class TryAgainLaterResult : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        return EventStreamResponse.RefuseAsync(httpContext, httpContext.RequestServices.GetRequiredService<FonteHost>());
    }
}
