using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fonte.Bench;

namespace Fonte.Durability;

/// <summary>The server: started on the same folder and port again and again, killed in between.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(60);
    private readonly string[] _command;
    private readonly IPEndPoint _endPoint;
    private readonly FaultShim? _shim;
    private readonly StreamWriter _output;
    private readonly Queue<string> _lastLines = [];
    private ChildProcess? _process;

    public ServerUnderTest(IEnumerable<string> command, string data, string logPath, IPEndPoint endPoint, FaultShim? shim)
    {
        (_endPoint, _shim) = (endPoint, shim);
        _output = new StreamWriter(logPath) { AutoFlush = true };
        _command = [.. command.Select(word => word.Replace("{urls}", $"http://{_endPoint}", StringComparison.Ordinal)
            .Replace("{data}", data, StringComparison.Ordinal))];
    }

    public int ProcessId => _process!.Id;

    public void Start() => _process = new ChildProcess(_command, Log, _shim?.NextEnvironment());

    /// <exception cref="CheckerException">It ends by itself, or is not ready in time.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadyTimeout);
        try
        {
            while (!await IsReadyAsync(limit.Token))
            {
                RequireRunning();
                await Task.Delay(25, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CheckerException(string.Create(CultureInfo.InvariantCulture,
                $"The server was not ready (GET /readyz) within {ReadyTimeout.TotalSeconds:0} s. {LastLines()}"));
        }
    }

    /// <exception cref="CheckerException">It has ended by itself.</exception>
    public void RequireRunning()
    {
        if (_process is { HasEnded: true })
            throw new CheckerException($"The server ended by itself. {LastLines()}");
    }

    public async Task KillAsync()
    {
        RequireRunning();
        await _process!.KillAsync();
        await _process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        lock (_lastLines)
            _output.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var exchange = await HttpExchange.ConnectAsync(_endPoint, cancellationToken);
            var answer = await exchange.SendAsync(System.Text.Encoding.ASCII.GetBytes(
                $"GET /readyz HTTP/1.1\r\nHost: {_endPoint}\r\nConnection: close\r\n\r\n"), cancellationToken);
            return answer.Status == 200;
        }
        catch (Exception exception) when (exception is SocketException or BenchException)
        {
            return false;
        }
    }

    private void Log(string line)
    {
        lock (_lastLines)
        {
            if (_output.BaseStream is not { CanWrite: true })
                return;
            _output.WriteLine(line);
            _lastLines.Enqueue(line);
            if (_lastLines.Count > 8)
                _lastLines.Dequeue();
        }
    }

    private string LastLines()
    {
        lock (_lastLines)
            return "Its last words: " + string.Join(" | ", _lastLines);
    }
}
