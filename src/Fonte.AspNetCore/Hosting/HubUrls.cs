using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>Finds out what the hub's own URL is.</summary>
internal static class HubUrls
{
    /// <summary>What the options say, the first public URL, or else the first address that the server listens on; of one for every interface <c>localhost</c>.</summary>
    internal static HubUrl Of(FonteHttpOptions options, IServer? server)
    {
        if (options.Resource is not null) return new(options.Resource);
        if (options.PublicUrls.Count > 0) return new(options.PublicUrls[0].TrimEnd('/') + options.Reserved.Path);
        foreach (var text in server?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            BindingAddress address;
            try
            {
                address = BindingAddress.Parse(text);
            }
            catch (FormatException)
            {
                continue;
            }
            if (address.IsUnixPipe || address.IsNamedPipe) continue;
            var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
            return new($"{address.Scheme}://{host}:{address.Port}{options.Reserved.Path}");
        }
        return options.Reserved.Url;
    }

    internal static bool IsValid(string resource) =>
        Uri.TryCreate(resource, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https") && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
        // Compared as text with what browsers send, which leave the usual port out.
        && resource.StartsWith(uri.GetLeftPart(UriPartial.Authority) + '/', StringComparison.OrdinalIgnoreCase);
}
