using System.Net;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.Dashboard;

/// <summary>Lets in whom <see cref="DashboardAccess"/> says, and pages of this server only.</summary>
internal sealed class DashboardGuard(HubAuthorization authorization, IOptions<FonteHttpOptions> options, DashboardAccess access)
{
    internal const string Topic = "/dashboard";

    private static readonly Problem Unguarded = new(
        StatusCodes.Status403Forbidden, "not-guarded", "The dashboard relies on the application's authorization, and its endpoints require none; add RequireAuthorization().");

    private static readonly Problem ForeignPage = new(StatusCodes.Status403Forbidden, "origin-not-allowed", "Only pages of this server may ask for this.");

    private static readonly Problem UnknownHost = new(
        StatusCodes.Status421MisdirectedRequest, "misdirected", "Without authorization the dashboard answers only to localhost, an address, or one of the hub's public URLs.");

    private readonly PublicOrigins _origins = new(options.Value.PublicUrls);
    private readonly string _topic = options.Value.Reserved.Path + Topic;

    /// <summary>The endpoint for those who may see.</summary>
    internal RequestDelegate Reading(Func<HttpContext, AccessToken?, Task> endpoint) => _origins.Guard(context => HandleAsync(context, endpoint, acts: false));

    /// <summary>The endpoint for those who may see, when a page of this server asks.</summary>
    internal RequestDelegate Acting(Func<HttpContext, AccessToken?, Task> endpoint) => _origins.Guard(context => HandleAsync(context, endpoint, acts: true));

    private async Task HandleAsync(HttpContext context, Func<HttpContext, AccessToken?, Task> endpoint, bool acts)
    {
        var (token, refusal) = await AuthorizeAsync(context, acts).ConfigureAwait(false);
        await (refusal is null ? endpoint(context, token) : authorization.RefuseAsync(context, refusal)).ConfigureAwait(false);
    }

    private async ValueTask<Authorized> AuthorizeAsync(HttpContext context, bool acts)
    {
        if (!IsOwnPage(context.Request, acts)) return new(null, ForeignPage);
        switch (access)
        {
            case DashboardAccess.Anyone: return new(null, IsKnown(context.Request.Host.Host) ? null : UnknownHost);
            case DashboardAccess.EndpointAuthorization: return new(null, IsGuarded(context.GetEndpoint()) ? null : Unguarded);
        }
        var authorized = await authorization.ReadAsync(context, TokenRole.Subscribe).ConfigureAwait(false);
        if (authorized.Problem is not null) return authorized;
        if (authorized.Token is not { } token) return new(null, Problems.MissingToken($"see the dashboard, which is to subscribe to {_topic} by this name"));
        return token.MaySee(_topic) ? authorized : new(null, MayNotSee());
    }

    private Problem MayNotSee() =>
        new(StatusCodes.Status403Forbidden, "not-granted", $"The access token does not grant subscribing to {_topic} by this name; ask for one that does.") { Error = "insufficient_scope" };

    // Routing puts the authorization of a group on its endpoints, and ASP.NET fails where its middleware has not run.
    private static bool IsGuarded(Endpoint? endpoint) =>
        endpoint is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        && (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null);

    // Another page's request brings the cookie too (CWE-352), and where CORS allows any origin, any page could read (CWE-942). A browser says whose page it is.
    private bool IsOwnPage(HttpRequest request, bool acts)
    {
        if (request.Headers.Origin.Count == 0) return !acts;
        if (request.Headers.Origin.Count > 1) return false;
        var origin = request.Headers.Origin[0];
        return string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            || authorization.Audience(request).StartsWith(origin + "/", StringComparison.OrdinalIgnoreCase);
    }

    // A name of a stranger may lead here (DNS rebinding, CWE-350); a literal address leads nowhere else.
    private bool IsKnown(string host) =>
        host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _) || options.Value.PublicUrls.Count > 0
        || (options.Value.Resource is { } resource && new Uri(resource).Host.Equals(host, StringComparison.OrdinalIgnoreCase));
}
