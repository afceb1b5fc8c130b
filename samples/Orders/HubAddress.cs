using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Fonte.Samples.Orders;

/// <summary>Where the hub of this process is, for those on this machine.</summary>
internal static class HubAddress
{
    // An address to listen on is not always one to visit.
    public static Uri Of(IServer server)
    {
        var address = BindingAddress.Parse(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var host = address.Host is "localhost" or "127.0.0.1" or "[::1]" ? address.Host : "127.0.0.1";
        return new($"http://{host}:{address.Port}/.well-known/mercure");
    }
}
