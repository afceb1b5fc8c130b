using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary><c>POST /.well-known/mercure/kicks</c> and <c>…/revocations</c>: an operator's requests, as forms.</summary>
internal sealed class StreamControlEndpoints(FonteHost host, StreamControl control, HubAuthorization authorization, IOptions<FonteHttpOptions> options)
{
    private const int MostBytes = 16 * 1024;

    private static readonly Problem NotRunning = new(StatusCodes.Status503ServiceUnavailable, "not-running", "The hub is starting or stopping; try again later.") { RetryAfterSeconds = 1 };

    private static readonly Problem Full = new(StatusCodes.Status507InsufficientStorage, "revocations-full", $"The hub holds {Revocations.Most} revocations, and no more; let the keys be changed instead, or give the revocations a time of their end.");

    private static readonly Problem NotWritten = new(StatusCodes.Status503ServiceUnavailable, "not-appended", "Nothing was revoked: the log cannot be written now. Try again later.") { RetryAfterSeconds = 1 };

    private static readonly Problem Unknown = new(StatusCodes.Status503ServiceUnavailable, "outcome-unknown", "It is revoked now, but it is not known whether that outlives a restart. Send it again.") { RetryAfterSeconds = 1 };

    internal Task KickAsync(HttpContext context) => HandleAsync(context, options.Value.Reserved.Kicks, async form =>
    {
        if (form.Expires is not null) return (0, Bad("The field expires is for revocations; leave it out."));
        return control.FaultOf(form.Selector) is { } fault ? (0, Bad(fault)) : (await control.KickAsync(form.Selector, context.RequestAborted).ConfigureAwait(false), null);
    });

    internal Task RevokeAsync(HttpContext context) => HandleAsync(context, options.Value.Reserved.Revocations, async form =>
    {
        if (form.Selector.Subscriber is not null) return (0, Bad("A token or a subject is revoked, not a subscriber; send that to kicks."));
        if (control.FaultOf(form.Selector) is { } fault) return (0, Bad(fault));
        var result = await control.RevokeAsync(form.Selector, form.Expires, context.RequestAborted).ConfigureAwait(false);
        return result.Outcome switch
        {
            RevocationOutcome.Revoked => (result.Streams, null),
            RevocationOutcome.Full => (0, Full),
            RevocationOutcome.Unavailable => (0, NotWritten),
            _ => (0, Unknown),
        };
    });

    private async Task HandleAsync(HttpContext context, string topic, Func<Form, Task<(int Streams, Problem? Problem)>> handle)
    {
        var authorized = await authorization.ReadAsync(context, TokenRole.Publish).ConfigureAwait(false);
        // Also where anyone may publish: what is done here lasts, and any page could have its visitor's browser do it.
        var refusal = authorized.Problem ?? (authorized.Token is not { } token ? Problems.MissingToken("end event streams") : token.MayControl(topic) ? null : Problems.MayNotControl);
        if (refusal is not null)
        {
            await authorization.RefuseAsync(context, refusal).ConfigureAwait(false);
            return;
        }
        var (form, problem) = await ReadAsync(context).ConfigureAwait(false);
        // The body may have taken longer than the token was valid.
        if (authorized.Token is { } presented && authorization.HasEnded(presented))
        {
            await authorization.RefuseAsync(context, Problems.InvalidToken).ConfigureAwait(false);
            return;
        }
        var streams = 0;
        if (host.HubIfReady is null) problem ??= NotRunning;
        if (problem is null) (streams, problem) = await handle(form!).ConfigureAwait(false);
        if (problem is not null)
        {
            await problem.WriteAsync(context).ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{{\"streams\":{streams}}}"), context.RequestAborted).ConfigureAwait(false);
    }

    private static async ValueTask<(Form? Form, Problem? Problem)> ReadAsync(HttpContext context)
    {
        if (PublishFormats.Of(context.Request) != PublishFormat.Form)
            return (null, new(StatusCodes.Status415UnsupportedMediaType, "content-type", $"Send the fields as {PublishFormats.Form} in UTF-8."));
        if (await RequestBody.ReadAsync(context, MostBytes).ConfigureAwait(false) is not { } body) return (null, PublishProblems.TooLarge(MostBytes));
        var bytes = System.Buffers.BuffersExtensions.ToArray(body);
        context.Request.BodyReader.AdvanceTo(body.End);
        return Read(bytes);
    }

    private static (Form? Form, Problem? Problem) Read(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var pairs = new FormReader(body);
        while (pairs.Read())
        {
            if (NameOf(pairs.Name) is not { } name) return (null, Bad("There are the fields issuer, subject, token_id, subscriber and expires, and no others."));
            if (!pairs.TryGetText(out var value)) return (null, Bad($"The field {name} is not valid UTF-8; encode it so."));
            if (!fields.TryAdd(name, value)) return (null, Bad($"The field {name} appears more than once; give it once."));
        }
        DateTimeOffset? expires = null;
        if (fields.TryGetValue("expires", out var text))
        {
            if (!Rfc3339.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var time)) return (null, Bad("The field expires must be a time with its offset as in RFC 3339, such as 2026-05-01T12:00:00Z; correct it."));
            expires = time;
        }
        return (new(new(fields.GetValueOrDefault("issuer"), fields.GetValueOrDefault("subject"), fields.GetValueOrDefault("token_id"), fields.GetValueOrDefault("subscriber")), expires), null);
    }

    // A misspelled field must not widen or narrow what is meant.
    private static string? NameOf(ReadOnlySpan<byte> name)
    {
        foreach (var known in (ReadOnlySpan<string>)["issuer", "subject", "token_id", "subscriber", "expires"])
        {
            if (System.Text.Ascii.Equals(name, known)) return known;
        }
        return null;
    }

    private static Problem Bad(string detail) => new(StatusCodes.Status400BadRequest, "selector-invalid", detail);

    private sealed record Form(StreamSelector Selector, DateTimeOffset? Expires);
}
