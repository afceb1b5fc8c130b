using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>A RabbitMQ of its own: an ordinary process on loopback, with a name, ports and a folder that no other has.</summary>
internal sealed class RabbitServer : IAsyncDisposable
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-rabbit").FullName;
    private readonly int _port;
    private readonly int _epmdPort;
    private readonly int _distributionPort;
    private Process? _process;

    private RabbitServer(int port, int epmdPort, int distributionPort) => (_port, _epmdPort, _distributionPort) = (port, epmdPort, distributionPort);

    internal Uri Url => new($"amqp://guest:guest@127.0.0.1:{_port}");

    /// <summary>The name by which others of a cluster know it.</summary>
    internal string Node => $"hub{_port}@localhost";

    internal static async Task<RabbitServer> StartAsync()
    {
        var ports = FreePorts(3);
        var server = new RabbitServer(ports[0], ports[1], ports[2]);
        await server.WriteSettingsAsync([]);
        await server.RunAsync();
        return server;
    }

    /// <summary>Starts several that are one cluster; the first of them cleans up.</summary>
    internal static async Task<IReadOnlyList<RabbitServer>> StartClusterAsync(int count)
    {
        var ports = FreePorts((2 * count) + 1);
        var servers = Enumerable.Range(0, count).Select(n => new RabbitServer(ports[2 * n], ports[^1], ports[(2 * n) + 1])).ToList();
        // Each finds the others by their names, and the first that starts is joined by the rest.
        var peers = servers.Select((server, n) => $"cluster_formation.classic_config.nodes.{n + 1} = {server.Node}").Prepend("cluster_formation.peer_discovery_backend = classic_config").ToList();
        foreach (var server in servers) await server.WriteSettingsAsync(peers);
        await Task.WhenAll(servers.Select(server => server.RunAsync()));
        return servers;
    }

    /// <summary>What <c>rabbitmqctl</c> answers.</summary>
    internal async Task<string> ControlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/lib/rabbitmq/bin/rabbitmqctl", ["-n", Node, "-q", .. arguments]) { RedirectStandardOutput = true };
        foreach (var (name, value) in Settings()) start.Environment[name] = value;
        // Meant for the broker: it would want the port for itself.
        start.Environment.Remove("RABBITMQ_DIST_PORT");
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said;
    }

    /// <summary>Starts it, also again after it was killed, and waits until it is ready.</summary>
    internal async Task RunAsync()
    {
        Assert.True(File.Exists(Program), $"There is no {Program}: apt-get install --no-install-recommends rabbitmq-server");
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Settings()) start.Environment[name] = value;
        _process = Process.Start(start)!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new Queue<string>();
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            await ready.Task.WaitAsync(StartTimeout);
        }
        catch (TimeoutException)
        {
            lock (said) Assert.Fail($"RabbitMQ did not start: {string.Join('\n', said)}");
        }

        void Take(string? line)
        {
            if (line is null) return;
            lock (said)
            {
                said.Enqueue(line);
                if (said.Count > 50) said.Dequeue();
            }
            if (line.Contains("Server startup complete", StringComparison.Ordinal)) ready.TrySetResult();
        }
    }

    /// <summary>As <c>kill -9</c> does it, and with it all that it has started.</summary>
    /// <remarks>
    /// Not before the broker has written down that it has streams at all, half a second after the first one is made: RabbitMQ 3.10 does not find any of them again otherwise
    /// ("home node is down or inaccessible"); and a quorum queue that is not written down never finds a leader.
    /// </remarks>
    internal async Task KillAsync()
    {
        while (HasUnknownStreams() || HasUnknownQueues()) await Task.Delay(50);
        await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await EndAsync();
        // It outlives the broker.
        foreach (var daemon in Process.GetProcessesByName("epmd"))
        {
            using (daemon)
            {
                if (EnvironmentOf(daemon).Contains($"ERL_EPMD_PORT={_epmdPort}", StringComparison.Ordinal)) daemon.Kill();
            }
        }
        Directory.Delete(_folder, recursive: true);
    }

    private async Task EndAsync()
    {
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private async Task WriteSettingsAsync(IReadOnlyList<string> more)
    {
        foreach (var folder in (string[])["mnesia", "log", "home"]) Directory.CreateDirectory(Path.Combine(_folder, folder));
        string[] lines = [$"listeners.tcp.1 = 127.0.0.1:{_port}", "log.console = true", "log.file = false", "disk_free_limit.absolute = 50MB", "vm_memory_high_watermark.absolute = 1GB", .. more];
        await File.WriteAllLinesAsync(Path.Combine(_folder, "rabbitmq.conf"), lines);
        await File.WriteAllTextAsync(Path.Combine(_folder, "enabled_plugins"), "[].\n");
        // By which the brokers of a cluster know each other.
        var cookie = Path.Combine(_folder, "home", ".erlang.cookie");
        await File.WriteAllTextAsync(cookie, "FONTE");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
    }

    private bool HasUnknownStreams()
    {
        var streams = Directory.EnumerateDirectories(Path.Combine(_folder, "mnesia"), "stream", SearchOption.AllDirectories).Any(folder => Directory.EnumerateDirectories(folder).Any());
        return streams && !Directory.EnumerateFiles(Path.Combine(_folder, "mnesia"), "names.dets", SearchOption.AllDirectories)
            .Any(file => file.Contains("coordination", StringComparison.Ordinal) && System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains("rabbit_stream_coordinator", StringComparison.Ordinal));
    }

    // The folder of each is named by its identifier.
    private bool HasUnknownQueues() =>
        Directory.EnumerateFiles(Path.Combine(_folder, "mnesia"), "names.dets", SearchOption.AllDirectories).Where(file => file.Contains("/quorum/", StringComparison.Ordinal)).Any(file =>
        {
            var written = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
            return Directory.EnumerateDirectories(Path.GetDirectoryName(file)!).Any(queue => !written.Contains(Path.GetFileName(queue), StringComparison.Ordinal));
        });

    private static string EnvironmentOf(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/environ");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["HOME"] = Path.Combine(_folder, "home"),
        ["LC_ALL"] = "C.UTF-8",
        ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
        ["RABBITMQ_NODENAME"] = Node,
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq.conf"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"),
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
        ["RABBITMQ_PID_FILE"] = Path.Combine(_folder, "rabbit.pid"),
        ["RABBITMQ_NODE_PORT"] = $"{_port}",
        ["RABBITMQ_DIST_PORT"] = $"{_distributionPort}",
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_EPMD_PORT"] = $"{_epmdPort}",
        ["RUNNING_UNDER_SYSTEMD"] = "true",
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none",
    };

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }
}

/// <summary>One RabbitMQ for all tests that leave it as it was.</summary>
public sealed class RabbitFixture : IAsyncLifetime
{
    internal RabbitServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RabbitServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
