using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>Opens the log and runs the hub for as long as the application runs.</summary>
/// <remarks>
/// Starts before any hosted service and stops after all of them, so that each may publish from its first line to its last. The
/// streams end as soon as the application begins to stop: Kestrel would wait for them.
/// </remarks>
internal sealed partial class FonteHost(
    IOptions<FonteHttpOptions> options,
    EventLogSource log,
    IServiceProvider services,
    ILoggerFactory loggers,
    IMeterFactory meters,
    IOptions<SocketTransportOptions> sockets,
    TimeProvider time,
    IHostApplicationLifetime lifetime) : IHostedLifecycleService, IEventPublisher, IReplicaHost, IAsyncDisposable
{
    private readonly Random _random = new();
    private readonly Lazy<TopicPatterns> _patterns = new(() => new(HubUrls.Of(options.Value, services.GetService<IServer>()), time));
    private readonly FonteMetrics _metrics = new(meters);
    private HubRun? _run;
    private SharedLogReplica? _replica;
    private CancellationTokenRegistration _drain;
    private volatile bool _stopped;
    private bool _mapped;

    /// <summary>The hub, unless it is not started, or there is no log yet.</summary>
    internal EventHub? HubIfReady => _run?.Hub;

    /// <summary>The log that is served, unless there is none yet.</summary>
    internal IEventLog? LogIfReady => _run?.Log;

    /// <summary>Follows the log that is shared with other hubs; <see langword="null"/> where it is this one's alone.</summary>
    internal SharedLogReplica? Replica => _replica;

    /// <summary>Why there is no hub, in a sentence.</summary>
    internal string WhyNotReady => _replica?.Fault ?? "The hub is not started.";

    internal bool Accepts0x => options.Value.Accepts0x;

    internal TimeSpan WriteTimeout => options.Value.WriteTimeout;

    /// <summary>Whether a flush of a response returns only when its bytes are in the kernel: Kestrel's pipe to the socket holds none back.</summary>
    internal bool FlushSends { get; } = sockets.Value.MaxWriteBufferSize == 1;

    /// <summary>The matchers of URL Patterns. Not before the server listens, because the hub's URL may be its address.</summary>
    internal TopicPatterns Patterns => _patterns.Value;

    /// <summary>The subscriptions of the open streams, or <see langword="null"/> where they are not tracked.</summary>
    internal ActiveSubscriptions? Subscriptions => _run?.Subscriptions;

    /// <summary>What is revoked, or <see langword="null"/> before the start.</summary>
    internal Revocations? Revocations => _run?.Revocations;

    /// <summary>Counts from now on what can be read back.</summary>
    internal HubTotals Watch() => _metrics.Watch();

    internal int ReconnectionMilliseconds() => HubIfReady?.ReconnectionMilliseconds() ?? (int)options.Value.ReconnectionTime.TotalMilliseconds;

    /// <summary>Puts the hub at a path, for which its reserved topics follow.</summary>
    internal void MapAt(string path)
    {
        if (_mapped) throw new InvalidOperationException("The hub is mapped already: call MapFonte() once.");
        var publicPath = options.Value.Resource is { } resource ? new Uri(resource).AbsolutePath : path;
        var wrong = new OptionsValidationException(Options.DefaultName, typeof(FonteHttpOptions), [$"Fonte:{nameof(FonteHttpOptions.Resource)} must end with {path}, where the hub is mapped, and have no escapes before it."]);
        if (!publicPath.EndsWith(path, StringComparison.Ordinal)) throw wrong;
        try
        {
            options.Value.Reserved = new(path, publicPath);
        }
        catch (ArgumentException) when (publicPath != path)
        {
            throw wrong;
        }
        _mapped = true;
    }

    /// <inheritdoc/>
    public ValueTask<PublishResult> PublishAsync(PublishRequest request, CancellationToken cancellationToken = default)
    {
        if (HubIfReady is { } hub) return hub.PublishAsync(request, cancellationToken);
        return _stopped || _replica is not null
            ? new(new PublishResult(PublishOutcome.Unavailable))
            : throw new InvalidOperationException("The hub is not started yet; publish after the application's start.");
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _drain = lifetime.ApplicationStopping.Register(() => HubIfReady?.Drain());
        if (services.GetService<SharedLogSource>() is { } shared) await FollowAsync(shared).ConfigureAwait(false);
        else await ServeAsync(log.Open(services)).ConfigureAwait(false);
        if (options.Value.Issuers.Count > 0 && options.Value.Resource is null && options.Value.PublicUrls.Count == 0) Log.AnyHost(loggers.CreateLogger<FonteHost>());
        if (options.Value.Accepts0x) Mercure0x.Tell(loggers.CreateLogger<FonteHost>());
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    /// <summary>Also reached when the application's start failed half way. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        await _drain.DisposeAsync().ConfigureAwait(false);
        // The ends of streams are told by way of the replica; and it would put another log in the place of one that is closed.
        if (_replica is { } replica)
        {
            if (_run is { } run) await run.EndAsync().ConfigureAwait(false);
            await replica.DisposeAsync().ConfigureAwait(false);
        }
        await ReleaseAsync().ConfigureAwait(false);
        if (_patterns.IsValueCreated) _patterns.Value.Dispose();
    }

    /// <inheritdoc/>
    public Task TakeAsync(IEventLog log) => ServeAsync(log);

    /// <inheritdoc/>
    public async Task ReleaseAsync()
    {
        if (Interlocked.Exchange(ref _run, null) is { } run) await run.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ServeAsync(IEventLog log)
    {
        Revocations? revocations = null;
        EventHub hub;
        try
        {
            revocations = new Revocations(log, time, loggers.CreateLogger<Revocations>());
            hub = new EventHub(log, options.Value, new(time, _metrics, loggers.CreateLogger<EventHub>(), _random));
        }
        catch
        {
            if (revocations is not null) await revocations.DisposeAsync().ConfigureAwait(false);
            await log.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        var subscriptions = options.Value.Subscriptions ? new ActiveSubscriptions(options.Value.Reserved.Subscriptions, time, loggers.CreateLogger<ActiveSubscriptions>()) : null;
        subscriptions?.Start(log);
        _run = new(log, hub, revocations, subscriptions);
        if (lifetime.ApplicationStopping.IsCancellationRequested) hub.Drain();
    }

    private async Task FollowAsync(SharedLogSource shared)
    {
        var settings = new ReplicaSettings
        {
            Directory = options.Value.Data,
            Local = epoch => EventLogSource.ReplicaOptions(options.Value, time, epoch),
            Format = new(SHA256.HashData(Encoding.UTF8.GetBytes(options.Value.ClusterKey!)), options.Value.Limits, options.Value.Reserved),
            Loggers = loggers,
            Metrics = _metrics,
            Time = time,
            MaxPendingBytes = options.Value.MaxPendingBytes,
            HubLease = options.Value.HubLease,
        };
        _replica = new(shared.Connect(services), settings, this);
        await _replica.StartAsync().ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(47, LogLevel.Warning, "Access tokens for whatever host a request names are accepted; set Fonte:Resource to the hub's URL, or Fonte:PublicUrls")]
        internal static partial void AnyHost(ILogger logger);
    }
}
