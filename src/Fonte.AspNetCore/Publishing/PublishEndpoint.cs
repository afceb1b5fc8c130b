using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fonte.AspNetCore;

/// <summary><c>POST /.well-known/mercure</c>: answers 200 with the event ID when the event is durable.</summary>
internal static class PublishEndpoint
{
    private const string FormType = "application/x-www-form-urlencoded";

    internal static async Task HandleAsync(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<FonteHttpOptions>>().Value;
        var (draft, problem) = await ReadAsync(context, options).ConfigureAwait(false);
        if (draft is not null)
        {
            var hub = context.RequestServices.GetRequiredService<FonteHost>();
            var result = await hub.PublishAsync(draft, context.RequestAborted).ConfigureAwait(false);
            problem = PublishProblems.Of(result);
            if (problem is null)
            {
                await AnswerAsync(context, result.Id!).ConfigureAwait(false);
                return;
            }
        }
        await problem!.WriteAsync(context).ConfigureAwait(false);
    }

    private static async ValueTask<(EventDraft? Draft, Problem? Problem)> ReadAsync(HttpContext context, FonteHttpOptions options)
    {
        if (!options.AnonymousPublish) return (null, Problem.MissingToken("publish"));
        if (!IsForm(context.Request.ContentType))
            return (null, new(StatusCodes.Status415UnsupportedMediaType, "content-type", $"Send the event as {FormType} in UTF-8."));
        var body = await ReadBodyAsync(context, options.MaxBodyBytes).ConfigureAwait(false);
        if (body is not { } form)
            return (null, new(StatusCodes.Status413PayloadTooLarge, "too-large", $"The body is larger than {options.MaxBodyBytes} bytes; publish less, or a link to it."));
        var read = PublishForm.Read(form.IsSingleSegment ? form.FirstSpan : form.ToArray(), options.Limits);
        context.Request.BodyReader.AdvanceTo(form.End);
        return read;
    }

    private static bool IsForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>The whole body, still owned by the request's reader; <see langword="null"/> when it is too large.</summary>
    private static async ValueTask<ReadOnlySequence<byte>?> ReadBodyAsync(HttpContext context, int maxBytes)
    {
        if (context.Request.ContentLength > maxBytes) return null;
        // Counted here, so that the answer to a body without a length is the same problem as to one with.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            if (read.Buffer.Length > maxBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }
            if (read.IsCompleted) return read.Buffer;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Task AnswerAsync(HttpContext context, string id)
    {
        var body = Encoding.UTF8.GetBytes(id);
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
