using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Fonte.Samples.Echo;

/// <summary><c>POST /echo/</c>: the body is the text, and the field <c>Idempotency-Key</c> is what the poster knows it by when it comes back. Sent again under the same key it comes back once.</summary>
internal static class EchoText
{
    public const int MostBytes = 64 * 1024;
    private const int LongestKey = 64;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<IResult> PostAsync(HttpContext context, IEventPublisher publisher)
    {
        if (EchoSession.Of(context.Request) is not { } session) return NoSession();
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > LongestKey) return Problem(StatusCodes.Status400BadRequest, $"An Idempotency-Key has at most {LongestKey} characters.");
        var (text, problem) = await ReadAsync(context);
        if (text is null) return problem!;
        var result = await publisher.PublishAsync(
            new PublishRequest
            {
                Events = [new() { Topics = [session.Topic], Data = Write(key, text), Private = true }],
                IdempotencyKey = key.Length > 0 ? new(key, session.Topic) : null,
            },
            context.RequestAborted);
        if (result.IsPublished) return Results.NoContent();
        if (result.Outcome is PublishOutcome.KeyReused or PublishOutcome.Rejected) return Problem(StatusCodes.Status422UnprocessableEntity, "This Idempotency-Key came with another text, or cannot be one.");
        context.Response.Headers.RetryAfter = "1";
        return Problem(StatusCodes.Status503ServiceUnavailable, "The text cannot be kept now; try again.");
    }

    public static IResult NoSession() => Problem(StatusCodes.Status401Unauthorized, "There is no session; open the page.");

    private static async Task<(string? Text, IResult? Problem)> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MostBytes;
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return body.Length > 0 ? (Strict.GetString(body.GetBuffer().AsSpan(0, (int)body.Length)), null) : (null, Problem(StatusCodes.Status400BadRequest, "Write something first."));
        }
        catch (BadHttpRequestException exception)
        {
            return (null, Problem(exception.StatusCode, exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"A text has at most {MostBytes} bytes." : "The request cannot be read."));
        }
        catch (DecoderFallbackException)
        {
            return (null, Problem(StatusCodes.Status400BadRequest, "The text is not valid UTF-8."));
        }
    }

    private static ReadOnlyMemory<byte> Write(string key, string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static IResult Problem(int status, string sentence) => Results.Problem(sentence, statusCode: status);
}
