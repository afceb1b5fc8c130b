using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>Decides what a request may do: by its access token, or by what the options allow to everyone (Mercure draft -08, "Authorization").</summary>
internal sealed class HubAuthorization(FonteHost host, AccessTokenValidator validator, TimeProvider time, IOptions<FonteHttpOptions> options)
{
    // The endpoints of the hub are guarded by another; this is for those of the application that tell where the hub is.
    private readonly PublicOrigins _origins = new(options.Value.PublicUrls);

    /// <summary>The request's token, or none; or why it is refused.</summary>
    internal ValueTask<Authorized> ReadAsync(HttpContext context, TokenRole role)
    {
        var presented = PresentedToken.Of(context.Request, options.Value);
        // Also one that is not used.
        if (options.Value.Accepts0x) context.Request.QueryString = Mercure0x.WithoutToken(context.Request.QueryString);
        if (presented.IsMalformed) return new(new Authorized(null, Problems.MalformedToken));
        if (presented.Token is null) return new(default(Authorized));
        if (presented.IsOfCookie && role == TokenRole.Publish && !IsTrustedOrigin(context.Request)) return new(new Authorized(null, Problems.ForeignOrigin));
        var validating = validator.ValidateAsync(presented.Token, role, Audience(context.Request), host.Patterns, context.RequestAborted);
        return validating.IsCompletedSuccessfully ? new(Result(validating.Result, presented)) : AwaitAsync(validating, presented);
    }

    /// <summary>Whether the token has expired or been revoked since it was read.</summary>
    internal bool HasEnded(AccessToken token) => token.Expires <= time.GetUtcNow() || host.Revocations?.Includes(token) == true;

    /// <summary>Answers with a problem, and with where to learn how to get a token.</summary>
    internal Task RefuseAsync(HttpContext context, Problem problem) =>
        (problem.Error is null && problem.Status != StatusCodes.Status401Unauthorized ? problem : problem with { MetadataUrl = MetadataUrl(context.Request) }).WriteAsync(context);

    /// <summary>Where the metadata of the hub as a protected resource is (RFC 9728, section 3.1).</summary>
    internal string MetadataUrl(HttpRequest request)
    {
        var audience = Audience(request);
        var origin = OriginOf(audience);
        return $"{origin}{ResourceMetadata.PathPrefix}{audience[origin.Length..]}";
    }

    // Without Uri, which throws at hosts that clients send.
    private static string OriginOf(string url) => url.IndexOf('/', url.IndexOf("://", StringComparison.Ordinal) + 3) is var slash and >= 0 ? url[..slash] : url;

    /// <summary>The resource identifier that a token must be for.</summary>
    internal string Audience(HttpRequest request) => options.Value.Resource
        ?? (_origins.Serves(request) ? null : options.Value.PublicUrls[0].TrimEnd('/') + options.Value.Reserved.Path)
        ?? $"{request.Scheme}://{(request.Host.HasValue ? request.Host.Value : "localhost")}{request.PathBase}{options.Value.Reserved.Path}";

    private async ValueTask<Authorized> AwaitAsync(ValueTask<AccessToken?> validating, PresentedToken presented) => Result(await validating.ConfigureAwait(false), presented);

    // A URL, or a cookie that goes over plain HTTP, is no place for a token that knows better (RFC 9700, section 4.3.2).
    private Authorized Result(AccessToken? token, PresentedToken presented) => token is null || (presented.Only0x && !token.Is0x) || host.Revocations?.Includes(token) == true ? new(null, Problems.InvalidToken) : new(token, null);

    /// <summary>Whether the request may open a WebSocket, which browsers let pages of any site do, with their visitor's cookie (CWE-1385). What is no browser names no origin.</summary>
    internal bool MayOpenSocket(HttpRequest request) =>
        request.Headers.Origin.Count == 0 || IsTrustedOrigin(request) || (options.Value.AnySocketOrigin && !PresentedToken.Of(request, options.Value).IsOfCookie);

    // A page of another site can have its visitor's browser publish with its cookie (CWE-352). A browser says whose page it is.
    private bool IsTrustedOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.Count == 1 ? request.Headers.Origin[0] : null;
        if (origin is null && request.Headers.Referer.Count == 1 && Uri.TryCreate(request.Headers.Referer[0], UriKind.Absolute, out var referer)) origin = referer.GetLeftPart(UriPartial.Authority);
        if (origin is null) return false;
        return origin.Equals(OriginOf(Audience(request)), StringComparison.OrdinalIgnoreCase)
            || options.Value.CookieOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>What came of a request's token.</summary>
/// <param name="Token">A valid one, or <see langword="null"/> if there is none or it is refused.</param>
/// <param name="Problem">Why it is refused, or <see langword="null"/>.</param>
internal readonly record struct Authorized(AccessToken? Token, Problem? Problem);
