using Fonte.Samples.Clock;
using Fonte.Samples.Lab;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fonte.Samples.Demo;

/// <summary>The hub with every sample and page around it.</summary>
internal static class DemoApplication
{
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(4);

    public static WebApplication Build(DemoOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(DemoApplication).Assembly.GetName().Name });
        builder.WebHost.UseUrls(options.Urls);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // A failure to start is told by StartupFailure in one sentence; the host's own report of it is a page of stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopsWithin);
        // With the default of 512, thousands of pages that connect at the same moment are partly turned away.
        builder.Services.Configure<SocketTransportOptions>(transport => transport.Backlog = 4096);

        builder.Services.AddFonte(fonte =>
        {
            fonte.Data = options.Data;
            fonte.AnonymousPublish = options.Dev;
        });
        builder.Services.AddClock();
        builder.Services.AddLab();

        var app = builder.Build();
        app.MapFonte();
        app.MapFonteHealthChecks();
        app.MapSharedPages();
        app.MapPages("/", typeof(DemoApplication).Assembly);
        app.MapClock();
        app.MapLab();
        return app;
    }
}
