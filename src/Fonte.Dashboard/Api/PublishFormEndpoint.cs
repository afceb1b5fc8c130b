using System.Buffers;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.Dashboard;

/// <summary><c>POST api/publish</c>: one event, as a form. To see is not to publish: a token must grant that too.</summary>
internal sealed class PublishFormEndpoint(FonteHost host, HubAuthorization authorization, IOptions<FonteHttpOptions> options)
{
    private const int RestOfForm = 64 * 1024;

    internal async Task HandleAsync(HttpContext context, AccessToken? token)
    {
        var (draft, problem) = await ReadAsync(context).ConfigureAwait(false);
        // The body may have taken longer than the token was valid.
        if (token is not null && authorization.HasEnded(token)) problem = Problems.InvalidToken;
        else if (draft is not null && token?.MayPublish(draft.Topics) == false) problem = Problems.MayNotPublish;
        if (problem is null && host.HubIfReady is null) problem = Problems.NotReady;
        if (problem is null)
        {
            var result = await host.PublishAsync(PublishRequest.Of(draft!), context.RequestAborted).ConfigureAwait(false);
            problem = PublishProblems.Of(result, isBatch: false);
            if (problem is null)
            {
                await JsonAnswer.WriteAsync(context, json => json.WriteString("id", result.Id)).ConfigureAwait(false);
                return;
            }
        }
        await problem.WriteAsync(context).ConfigureAwait(false);
    }

    private async ValueTask<(EventDraft? Draft, Problem? Problem)> ReadAsync(HttpContext context)
    {
        if (PublishFormats.Of(context.Request) != PublishFormat.Form) return (null, PublishProblems.ContentType);
        // Three characters of the form may be one byte of the data, for which the limit is.
        var limit = options.Value.MaxBodyBytes;
        var most = (int)Math.Min(int.MaxValue, (3L * limit) + RestOfForm);
        if (await RequestBody.ReadAsync(context, most).ConfigureAwait(false) is not { } body) return (null, PublishProblems.TooLarge(limit));
        var bytes = body.ToArray();
        context.Request.BodyReader.AdvanceTo(body.End);
        var read = PublishForm.Read(bytes, options.Value.Limits);
        return read.Draft?.Data.Length > limit ? (null, PublishProblems.TooLarge(limit)) : read;
    }
}
