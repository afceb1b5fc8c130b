using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;

namespace Fonte.Samples.Orders;

/// <summary>The four services as child processes: one that dies is started again, one that was stopped is not.</summary>
internal sealed partial class ServiceProcesses(OrdersOptions options, string secret, ILogger<ServiceProcesses> logger) : IAsyncDisposable
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, Running?> _running = OrderFlow.Groups.ToDictionary(group => group.Name, _ => (Running?)null, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _isWanted = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private Uri? _hub;
    private bool _isOver;

    /// <summary>Each service, and whether it is to run.</summary>
    public IEnumerable<KeyValuePair<string, bool>> All => OrderFlow.Groups.Select(group => KeyValuePair.Create(group.Name, _isWanted.GetValueOrDefault(group.Name)));

    /// <summary>Where the service of orders listens now; null while it does not.</summary>
    public Uri? OrderAddress
    {
        get { lock (_lock) return _running["order"]?.Address; }
    }

    public bool Has(string name) => _running.ContainsKey(name);

    public void StartAll(Uri hub)
    {
        _hub = hub;
        foreach (var group in OrderFlow.Groups) Start(group.Name);
    }

    public void Start(string name)
    {
        _isWanted[name] = true;
        lock (_lock)
        {
            if (!_isOver && _running[name] is null) _running[name] = Begin(name);
        }
    }

    /// <summary>As <c>kill -9</c> does it: what a service has promised must not hang on how it ends.</summary>
    public void Stop(string name)
    {
        _isWanted[name] = false;
        lock (_lock) _running[name]?.Process.Kill(entireProcessTree: true);
    }

    public async ValueTask DisposeAsync()
    {
        List<Process> left;
        lock (_lock)
        {
            if (_isOver) return;
            _isOver = true;
            left = [.. _running.Values.OfType<Running>().Select(running => running.Process)];
        }
        foreach (var process in left) process.Kill(entireProcessTree: true);
        foreach (var process in left) await process.WaitForExitAsync();
        if (options.IsTemporary) Directory.Delete(options.Data, recursive: true);
    }

    private Running Begin(string name)
    {
        var service = new ServiceOptions(name, _hub!, Path.GetFullPath(options.Data), "http://127.0.0.1:0", options.Broker, options.BrokerUrl);
        var program = typeof(ServiceProcesses).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [program, .. service.Write()]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[ServiceOptions.SecretVariable] = secret;
        start.Environment[ServiceOptions.ChildVariable] = "1";
        if (options.BrokerUrl is not null) start.Environment[ServiceOptions.BrokerUrlVariable] = options.BrokerUrl;
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var running = new Running(process);
        process.OutputDataReceived += (_, line) => Take(name, running, line.Data);
        process.ErrorDataReceived += (_, line) => Take(name, running, line.Data);
        process.Exited += (_, _) => Ended(name, running);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return running;
    }

    private void Take(string name, Running running, string? line)
    {
        if (line is null) return;
        if (line.StartsWith("ready ", StringComparison.Ordinal) && Uri.TryCreate(line["ready ".Length..], UriKind.Absolute, out var address)) running.Address = address;
        else Log.Said(logger, name, line);
    }

    private void Ended(string name, Running running)
    {
        lock (_lock)
        {
            _running[name] = null;
            if (_isOver) return;
        }
        running.Process.Dispose();
        Log.Ended(logger, name);
        _ = AgainAsync();

        async Task AgainAsync()
        {
            await Task.Delay(RestartDelay);
            if (_isWanted.GetValueOrDefault(name)) Start(name);
        }
    }

    private sealed record Running(Process Process)
    {
        public volatile Uri? Address;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The service {Name} has ended")]
        public static partial void Ended(ILogger logger, string name);

        [LoggerMessage(2, LogLevel.Information, "{Name}: {Line}")]
        public static partial void Said(ILogger logger, string name, string line);
    }
}

/// <summary>Starts them when the application listens, so that they find the hub, and ends them with it.</summary>
internal sealed class ServiceProcessesHost(ServiceProcesses processes, IServer server, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => processes.StartAll(HubAddress.Of(server)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await processes.DisposeAsync();
}
