using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>The real server as a process on a free loopback port; ended with its owner.</summary>
internal sealed partial class HubServer : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);
    private readonly Process _process;
    private readonly Queue<string> _lastLines = [];

    private HubServer(Process process, IPEndPoint endPoint)
    {
        (_process, EndPoint) = (process, endPoint);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public IPEndPoint EndPoint { get; }

    public int ProcessId => _process.Id;

    /// <summary>From the start of the process until <c>/readyz</c> answered 200.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <exception cref="LogBenchException">It is not built, ends by itself or is not ready within 120 s.</exception>
    public static async Task<HubServer> StartAsync(LogBenchOptions options, string data, CancellationToken cancellationToken, params string[] more)
    {
        if (!File.Exists(options.Server))
            throw new LogBenchException($"There is no server at {options.Server}; build it first, or give --server.");
        var endPoint = FreeEndPoint();
        string[] serve = ["serve", "--dev", "--urls", $"http://{endPoint}", "--data", data, .. more];
        var start = options.Server.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [options.Server, .. serve])
            : new ProcessStartInfo(options.Server, serve);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var begun = Stopwatch.GetTimestamp();
        var server = new HubServer(new Process { StartInfo = start }, endPoint);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await server.WaitUntilReadyAsync(cancellationToken);
            server.TimeToReady = Stopwatch.GetElapsedTime(begun);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    public async Task StopAsync()
    {
        _ = SendSignal(_process.Id, Terminate);
        await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var request = Encoding.ASCII.GetBytes($"GET /readyz HTTP/1.1\r\nHost: {EndPoint}\r\nConnection: close\r\n\r\n");
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process.HasExited)
                throw new LogBenchException($"The server ended by itself. Its last words: {LastLines()}");
            if (Stopwatch.GetElapsedTime(begun) > ReadyTimeout)
                throw new LogBenchException($"The server was not ready within {ReadyTimeout.TotalSeconds:0} s. Its last words: {LastLines()}");
            try
            {
                using var exchange = await HttpExchange.ConnectAsync(EndPoint, cancellationToken);
                if ((await exchange.SendAsync(request, cancellationToken)).IsSuccess) return;
            }
            catch (SocketException)
            {
                // It does not listen yet.
            }

            await Task.Delay(Look, cancellationToken);
        }
    }

    private async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(EndTimeout);
        await _process.WaitForExitAsync(limit.Token);
    }

    private void OnExit(object? sender, EventArgs arguments) => _process.Kill();

    private static IPEndPoint FreeEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > 8) _lastLines.Dequeue();
        }
    }

    private string LastLines()
    {
        lock (_lastLines) return string.Join(" | ", _lastLines);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
