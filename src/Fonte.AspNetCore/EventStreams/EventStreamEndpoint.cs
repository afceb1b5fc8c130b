using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary><c>GET /.well-known/mercure</c>: an event stream of the topics that the query selects; and <c>QUERY</c>, with parameters in the body too (RFC 10008).</summary>
internal sealed class EventStreamEndpoint(FonteHost host, HubAuthorization authorization, StreamAdmission admission, IOptions<FonteHttpOptions> options)
{
    // Beside the matchers, percent-encoded: a cursor and a time.
    private const int OtherParameters = 64 * 1024;

    // Not async: its state would be kept for as long as the stream lasts.
    internal Task HandleAsync(HttpContext context)
    {
        var reading = authorization.ReadAsync(context, TokenRole.Subscribe);
        return reading.IsCompletedSuccessfully ? Stream(context, reading.Result, body: default) : AfterAsync(context, reading);
    }

    internal async Task HandleQueryAsync(HttpContext context)
    {
        var authorized = await authorization.ReadAsync(context, TokenRole.Subscribe).ConfigureAwait(false);
        if (admission.Refusal(authorized) is { } refusal)
        {
            await authorization.RefuseAsync(context, refusal).ConfigureAwait(false);
            return;
        }
        if (PublishFormats.Of(context.Request) != PublishFormat.Form)
        {
            await new Problem(StatusCodes.Status415UnsupportedMediaType, "content-type", $"Send the parameters as {PublishFormats.Form} in UTF-8.").WriteAsync(context).ConfigureAwait(false);
            return;
        }
        var most = (int)Math.Min(int.MaxValue, ((long)options.Value.MaxMatchers * options.Value.MaxMatcherBytes * 3) + OtherParameters);
        if (await RequestBody.ReadAsync(context, most).ConfigureAwait(false) is not { } body)
        {
            await PublishProblems.TooLarge(most).WriteAsync(context).ConfigureAwait(false);
            return;
        }
        var parameters = body.ToArray();
        context.Request.BodyReader.AdvanceTo(body.End);
        await Stream(context, authorized, parameters).ConfigureAwait(false);
    }

    private async Task AfterAsync(HttpContext context, ValueTask<Authorized> reading) => await Stream(context, await reading.ConfigureAwait(false), body: default).ConfigureAwait(false);

    private Task Stream(HttpContext context, Authorized authorized, ReadOnlySpan<byte> body)
    {
        if (admission.Refusal(authorized) is { } refusal) return authorization.RefuseAsync(context, refusal);
        var (query, problem) = SubscribeQuery.Read(context.Request.QueryString, options.Value, host.Patterns, body);
        if (query is null) return problem!.WriteAsync(context);
        (var request, problem) = admission.Admit(context, authorized.Token, query, query.Beginning.Under(context.Request), query.Envelope ? StreamForm.Envelopes : StreamForm.Blocks);
        return request is null ? problem!.WriteAsync(context) : EventStreamResponse.RunAsync(context, host, request);
    }
}
