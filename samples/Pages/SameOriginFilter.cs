using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Fonte.Samples.Pages;

/// <summary>Lets only pages of this server act: another page's request brings the cookie too (CWE-352), and a name of its own may lead here (DNS rebinding, CWE-350).</summary>
internal sealed class SameOriginFilter(IConfiguration configuration) : IEndpointFilter
{
    private readonly string[] _hosts = configuration[PagesExtensions.HostsKey]?.Split(';') ?? [];

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (!IsKnown(request.Host.Host)) return Results.Problem($"This server is not known as {request.Host.Host}; use localhost or its address, or name it in {PagesExtensions.HostsKey}.", statusCode: StatusCodes.Status421MisdirectedRequest);
        if (request.Headers.Origin.ToString() != $"{request.Scheme}://{request.Host}") return Results.Problem("Only pages of this server may do this.", statusCode: StatusCodes.Status403Forbidden);
        return await next(context);
    }

    // A literal address leads nowhere else.
    private bool IsKnown(string host) => host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _) || _hosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
