using System.Net;
using Fonte.Dashboard;
using Fonte.Samples.Activity;
using Fonte.Samples.Clock;
using Fonte.Samples.Echo;
using Fonte.Samples.Lab;
using Fonte.Samples.Orders;
using Fonte.Samples.Sensors;
using Fonte.Samples.Transports;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fonte.Samples.Demo;

/// <summary>The hub with every sample and page around it.</summary>
internal static class DemoApplication
{
    private const long DescriptorsKept = 256;
    private const long FewestConnections = 16;
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(4);

    public static WebApplication Build(DemoOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(DemoApplication).Assembly.GetName().Name,
            // To notice changed settings the host watches the folder it is started from with all that lies below: seconds in '/'.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.WebHost.UseUrls(options.Urls);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        // A failure to start is told by StartupFailure in one sentence; the host's own report of it is a page of stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopsWithin);
        // With the default of 512, thousands of pages that connect at the same moment are partly turned away.
        builder.Services.Configure<SocketTransportOptions>(transport => transport.Backlog = 4096);

        // Without descriptors left nothing could be accepted and the log could open no file: what is too much is closed at once.
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Limits.MaxConcurrentConnections = Math.Max(FewestConnections, DescriptorLimit.Current() - DescriptorsKept));
        if (options.Dev) builder.Services.AddCors(cors => cors.AddDefaultPolicy(AllowAnyOrigin));

        builder.Services.AddFonte(fonte =>
        {
            fonte.Data = options.Data;
            fonte.AnonymousPublish = options.Dev;
            fonte.AnySocketOrigin = options.Dev;
        });
        builder.Services.AddClock();
        builder.Services.AddLab();
        builder.Services.AddSensors();
        builder.Services.AddTransports();
        builder.Services.AddActivity();
        builder.Services.AddOrders(new()
        {
            Data = options.Data == FonteOptions.InMemory ? options.Data : Path.Combine(options.Data, "orders"),
            Broker = options.Broker,
            BrokerUrl = options.BrokerUrl,
            Feed = ActivityExtensions.Topic,
        });

        var app = builder.Build();
        if (options.Dev) app.UseCors();
        app.UseTransportMeter();
        app.MapFonte();
        app.MapFontePoll();
        app.MapFonteSocket();
        app.MapFonteHealthChecks();
        app.MapFonteScript();
        app.MapSharedPages();
        app.MapPages("/", typeof(DemoApplication).Assembly);
        app.MapClock();
        app.MapLab();
        app.MapSensors();
        app.MapEcho();
        app.MapActivity();
        app.MapOrders();
        app.MapTransports();
        app.MapFonteDashboard(access: options.Dev || options.IsForThisMachine ? DashboardAccess.Anyone : DashboardAccess.HubToken).InNavigation("dashboard/");
        return app;
    }

    /// <summary>Where a browser on this machine finds the demo once it has started: an address to listen on is not always one to visit.</summary>
    public static string BrowserAddress(WebApplication app)
    {
        var address = new UriBuilder(app.Urls.First());
        if (IPAddress.TryParse(address.Host, out var host) && (host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any))) address.Host = "localhost";
        return address.Uri.AbsoluteUri.TrimEnd('/');
    }

    // Any page, also one opened from disk, and never with credentials: any site could then read what its visitor may read (CWE-942).
    private static void AllowAnyOrigin(CorsPolicyBuilder policy) =>
        policy.AllowAnyOrigin().AllowAnyHeader().WithMethods("GET", "POST").WithExposedHeaders("Link", "Mercure-Last-Event-ID");
}
