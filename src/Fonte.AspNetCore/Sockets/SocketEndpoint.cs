using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary><c>GET /fonte/socket</c>: the events of an event stream over a WebSocket, in text messages. What is wrong before it is open is told by HTTP.</summary>
internal sealed class SocketEndpoint(FonteHost host, HubAuthorization authorization, StreamAdmission admission, PublishAdmission publishing, IOptions<FonteHttpOptions> options)
{
    internal async Task HandleAsync(HttpContext context)
    {
        var (opening, problem) = await OpenAsync(context).ConfigureAwait(false);
        if (opening is null)
        {
            if (problem!.Status == StatusCodes.Status426UpgradeRequired) context.Response.Headers.Upgrade = "websocket";
            await authorization.RefuseAsync(context, problem).ConfigureAwait(false);
            return;
        }
        StreamSocket.Tune(context, host.WriteTimeout);
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using var session = new SocketSession(socket, opening, new(context, host, admission, publishing, options.Value));
        await session.RunAsync().ConfigureAwait(false);
    }

    private async Task<(SocketOpening? Opening, Problem? Problem)> OpenAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest) return (null, Problems.NoSocket);
        if (!authorization.MayOpenSocket(context.Request)) return (null, Problems.ForeignSocket);
        var queryString = context.Request.QueryString;
        var subscriber = await authorization.ReadAsync(context, TokenRole.Subscribe).ConfigureAwait(false);
        // Reading takes a token of Mercure 0.x out of the query.
        context.Request.QueryString = queryString;
        var publisher = await authorization.ReadAsync(context, TokenRole.Publish).ConfigureAwait(false);
        // Keys of an issuer may be for one of both only.
        if (subscriber.Problem is not null && publisher.Token is not null && options.Value.AnonymousSubscribe) subscriber = default;
        if (admission.Refusal(subscriber) is { } refusal) return (null, refusal);
        var (query, problem) = SubscribeQuery.Read(context.Request.QueryString, options.Value, host.Patterns);
        if (query is null) return (null, problem);
        (var request, problem) = admission.Admit(context, subscriber.Token, query, query.Beginning.Under(context.Request), StreamForm.Objects);
        if (request is null) return (null, problem);
        var start = await StreamStart.FindAsync(host, request, context.RequestAborted).ConfigureAwait(false);
        return start is null ? (null, Problems.NotReady) : (new(subscriber.Token, publisher, request, start), null);
    }
}

/// <summary>What is known of a WebSocket before it is open.</summary>
/// <param name="Subscriber">The token with which it subscribes, or <see langword="null"/>.</param>
/// <param name="Publisher">With what it may publish.</param>
/// <param name="Request">What it is to get first.</param>
/// <param name="Start">From where.</param>
internal sealed record SocketOpening(AccessToken? Subscriber, Authorized Publisher, SubscribeRequest Request, StreamStart Start);

/// <summary>What a WebSocket's commands are carried out with.</summary>
internal sealed record SocketScope(HttpContext Context, FonteHost Host, StreamAdmission Admission, PublishAdmission Publishing, FonteHttpOptions Options);
