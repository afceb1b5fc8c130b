using System.Net.Sockets;
using Fonte.AspNetCore;
using Fonte.Dashboard;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Fonte.Server;

/// <summary>The standalone server, from its configuration to its end.</summary>
internal static partial class Server
{
    // Below the 5 s in which a supervisor expects the end; what has not closed by then is cut.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(4);

    // The default of 512 was measured to drop 8,240 of 10,000 simultaneous connects.
    private const int ListenBacklog = 4096;

    // For the log's files, the listeners, and assemblies not loaded yet.
    private const int ReservedDescriptors = 256;

    private const int MostTagSets = 50;

    private static volatile bool _started;

    internal static async Task<int> RunAsync(IReadOnlyList<KeyValuePair<string, string?>> commandLine, CancellationToken cancellationToken)
    {
        DescriptorLimit.Raise();
        try
        {
            var builder = CreateBuilder(commandLine, out var options);
            await using var app = Build(builder, options);
            Log.Limit(app.Logger, DescriptorLimit.Describe());
            if (options.Dev) Log.Dev(app.Logger, app.Services.GetRequiredService<IOptions<FonteHttpOptions>>().Value.AnonymousSubscribe ? "publish and subscribe" : "publish");
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            _started = true;
            await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }
        catch (OptionsValidationException exception)
        {
            throw new CommandException(string.Join(' ', exception.Failures), FonteCommand.CannotStart);
        }
        catch (LogUnavailableException exception)
        {
            throw new CommandException(exception.Message, FonteCommand.CannotStart);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new CommandException($"{exception.Message.TrimEnd('.')}; stop the other server, or choose another address with --urls.", FonteCommand.CannotStart);
        }
        catch (SocketException exception)
        {
            throw new CommandException($"The address cannot be used: {exception.Message}; choose another with --urls.", FonteCommand.CannotStart);
        }
    }

    private static WebApplicationBuilder CreateBuilder(IReadOnlyList<KeyValuePair<string, string?>> commandLine, out ServeOptions options)
    {
        var builder = ReadSettings();
        RetentionTopic.RefuseMixture(builder.Configuration, commandLine);
        builder.Configuration.AddInMemoryCollection(commandLine);
        options = ServeConfiguration.Read(builder.Configuration);
        builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // With this logger on, hosting keeps an activity and a log scope for each request: 500 bytes for as long as an event stream lasts.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // Also where the settings have a level of the console's own: it logs URLs, in which there may be a token (docs/mercure-0x.md).
        builder.Logging.AddFilter<ConsoleLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Services.AddSingleton<IExternalScopeProvider, NoLogScopes>();
        // These two repeat, with a stack trace, what the command says in a sentence; of Kestrel's only its failure to start does.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level >= (_started || level < LogLevel.Critical ? LogLevel.Warning : LogLevel.None));
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.", LogLevel.Warning);
        // A warning for each connection above the limit would fill the disk that the log needs.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.ConfigureKestrel(LimitConnections);
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = ListenBacklog);
        builder.Services.AddSingleton<IConnectionListenerFactory, AcceptThreadFactory>();
        ServeConfiguration.Listen(builder, options);
        return builder;
    }

    private static WebApplicationBuilder ReadSettings()
    {
        try
        {
            // Watching for changed settings, which are read once, watches the whole working directory: 8.9 s in /.
            return WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            var cause = exception.InnerException is null ? "" : $": {exception.GetBaseException().Message}";
            throw new CommandException($"{exception.Message.TrimEnd('.')}{cause}", FonteCommand.CannotStart);
        }
    }

    // Without descriptors Kestrel's accept loop spins, and an assembly that cannot be opened fails for the rest of the process (CWE-770).
    private static void LimitConnections(KestrelServerOptions kestrel)
    {
        var most = Math.Max(16, DescriptorLimit.Current() - ReservedDescriptors);
        kestrel.Limits.MaxConcurrentConnections = most;
        kestrel.Limits.MaxConcurrentUpgradedConnections = most;
    }

    private static WebApplication Build(WebApplicationBuilder builder, ServeOptions options)
    {
        var fonte = builder.Services.AddFonte(hub =>
        {
            hub.AnonymousPublish |= options.Dev;
            hub.AnySocketOrigin |= options.Dev;
            // Whose pages may read with the cookie may publish with it.
            foreach (var origin in options.Origins) hub.CookieOrigins.Add(origin);
        }).UseDirectSockets();
        SharedLogs.Use(fonte, options);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("Fonte", "System.Runtime")
            // No instrument has more combinations of tags; the usual limit of 2,000 reserves 5 MB.
            .AddView(_ => new MetricStreamConfiguration { CardinalityLimit = MostTagSets })
            .AddPrometheusExporter());
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => HubCors.Apply(policy, options)));
        var app = builder.Build();
        // Only where it says something: for each other request it would keep a scope of services and a dictionary, for as long as an event stream lasts.
        app.UseWhen(context => context.Request.Headers.Origin.Count > 0, origin => origin.UseCors());
        app.MapFonte();
        app.MapFontePoll();
        app.MapFonteSocket();
        app.MapFonteHealthChecks();
        app.MapFonteScript();
        app.MapFonteDashboard(access: options.Dev ? DashboardAccess.Anyone : DashboardAccess.HubToken);
        app.MapPrometheusScrapingEndpoint("/metrics");
        return app;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Sentence}")]
        internal static partial void Limit(ILogger logger, string sentence);

        [LoggerMessage(2, LogLevel.Warning, "Development mode: anyone who reaches this server may {Action}")]
        internal static partial void Dev(ILogger logger, string action);
    }
}
