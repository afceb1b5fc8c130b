using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fonte.AspNetCore;

/// <summary><c>GET /fonte/poll</c>: what came after a cursor, as JSON; with <c>wait</c> not before there is something. Takes the parameters of an event stream.</summary>
/// <remarks>A poll that waits is a subscriber like others: a cursor that its pump looks after, and no thread.</remarks>
internal sealed class PollEndpoint(FonteHost host, HubAuthorization authorization, StreamAdmission admission, FonteHttpOptions options)
{
    internal async Task HandleAsync(HttpContext context)
    {
        var authorized = await authorization.ReadAsync(context, TokenRole.Subscribe).ConfigureAwait(false);
        var problem = admission.Refusal(authorized) ?? await AnswerAsync(context, authorized.Token).ConfigureAwait(false);
        if (problem is not null) await authorization.RefuseAsync(context, problem).ConfigureAwait(false);
    }

    private async Task<Problem?> AnswerAsync(HttpContext context, AccessToken? token)
    {
        var (wait, problem) = PollWait.Read(context.Request.QueryString);
        if (problem is not null) return problem;
        (var query, problem) = SubscribeQuery.Read(context.Request.QueryString, options, host.Patterns);
        if (query is null) return problem;
        (var request, problem) = admission.Admit(context, token, query, query.Beginning.Under(context.Request), StreamForm.Objects, wait);
        if (request is null) return problem;
        if (await StreamStart.FindAsync(host, request, context.RequestAborted).ConfigureAwait(false) is not { } start) return Problems.NotReady;
        var output = new PollOutput();
        if (start.Hub.Subscribe(request, start.Point, output) is not { } handle) return Problems.NotReady;
        // A poll that waits is not a slow request.
        if (wait > TimeSpan.Zero && context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics) metrics.MetricsDisabled = true;
        var end = await handle.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            if (end.Reason is DisconnectReason.LogUnreadable) return Problems.NotReady;
            if (end.Reason is DisconnectReason.TokenExpired or DisconnectReason.Revoked) return Problems.InvalidToken;
            if (end.Reason is not DisconnectReason.ClientGone) await PollAnswer.WriteAsync(context.Response, output, start.Hub.PositionBefore(end.Next), start.Point.LastEventId).ConfigureAwait(false);
            return null;
        }
        finally
        {
            // Who reads its answer slowly holds it, and counts for as long.
            handle.Left(end);
        }
    }
}
