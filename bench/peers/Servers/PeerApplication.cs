using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fonte.PeerBench;

/// <summary>What both ASP.NET Core peers have in common: the settings that Fonte's server has too.</summary>
internal static class PeerApplication
{
    private const int ListenBacklog = 4096;

    public static WebApplicationBuilder Create(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = ListenBacklog);
        return builder;
    }
}
