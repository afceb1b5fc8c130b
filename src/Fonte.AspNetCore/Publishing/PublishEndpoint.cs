using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>
/// <c>POST /.well-known/mercure</c>: events as a form or as CloudEvents; answers 200 with their IDs when they are durable. A field
/// <c>Idempotency-Key</c> makes a repeated request harmless.
/// </summary>
internal sealed class PublishEndpoint(FonteHost hub, HubAuthorization authorization, PublishAdmission admission, IOptions<FonteHttpOptions> options)
{
    internal async Task HandleAsync(HttpContext context)
    {
        var authorized = await authorization.ReadAsync(context, TokenRole.Publish).ConfigureAwait(false);
        if (admission.Refusal(authorized) is { } refusal)
        {
            await authorization.RefuseAsync(context, refusal).ConfigureAwait(false);
            return;
        }
        var format = PublishFormats.Of(context.Request);
        var (request, problem) = await ReadAsync(context, format, authorized.Token, options.Value).ConfigureAwait(false);
        if (request is not null)
        {
            var isBatch = format == PublishFormat.CloudEventBatch;
            if (authorized.Token is { } presented && admission.Refusal(presented, request.Events, isBatch) is { } why)
            {
                await authorization.RefuseAsync(context, why).ConfigureAwait(false);
                return;
            }
            var result = await hub.PublishAsync(request, context.RequestAborted).ConfigureAwait(false);
            problem = PublishProblems.Of(result, isBatch);
            if (problem is null)
            {
                await PublishAnswer.WriteAsync(context.Response, result, isBatch).ConfigureAwait(false);
                return;
            }
        }
        await problem!.WriteAsync(context).ConfigureAwait(false);
    }

    private static async ValueTask<(PublishRequest? Request, Problem? Problem)> ReadAsync(HttpContext context, PublishFormat format, AccessToken? token, FonteHttpOptions options)
    {
        if (format == PublishFormat.Unknown) return (null, PublishProblems.ContentType);
        var (key, problem) = IdempotencyKeyField.Read(context.Request, token);
        if (problem is not null) return (null, problem);
        var most = format == PublishFormat.CloudEventBatch ? options.MaxBatchBytes : options.MaxBodyBytes;
        if (await RequestBody.ReadAsync(context, most).ConfigureAwait(false) is not { } body) return (null, PublishProblems.TooLarge(most));
        (var events, problem) = ReadContiguous(context.Request, body, format, options);
        context.Request.BodyReader.AdvanceTo(body.End);
        return events is null ? (null, problem) : (new() { Events = events, IdempotencyKey = key }, null);
    }

    private static (IReadOnlyList<EventDraft>? Events, Problem? Problem) ReadContiguous(
        HttpRequest request, in ReadOnlySequence<byte> body, PublishFormat format, FonteHttpOptions options)
    {
        if (body.IsSingleSegment) return ReadEvents(request, body.FirstSpan, format, options);
        var length = (int)body.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body.CopyTo(copy);
            return ReadEvents(request, copy.AsSpan(0, length), format, options);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private static (IReadOnlyList<EventDraft>? Events, Problem? Problem) ReadEvents(
        HttpRequest request, ReadOnlySpan<byte> body, PublishFormat format, FonteHttpOptions options) => format switch
        {
            PublishFormat.CloudEventBatch => CloudEventBatch.Read(body, options),
            PublishFormat.CloudEvent => One(CloudEventReader.ReadOne(body)),
            PublishFormat.BinaryCloudEvent => One(BinaryCloudEvent.Read(request, body)),
            _ => One(PublishForm.Read(body, options.Limits)),
        };

    private static (IReadOnlyList<EventDraft>? Events, Problem? Problem) One((EventDraft? Draft, Problem? Problem) read) =>
        read.Draft is { } draft ? ([draft], null) : (null, read.Problem);
}
