using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fonte.Durability;

/// <summary>Runs the server and its clients, kills the server at random, and lets the records be judged.</summary>
internal sealed class Checker : IAsyncDisposable
{
    private const int Sentinel = 900;
    private const int Replay = 900;
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(90);
    private readonly CheckerOptions _options;
    private readonly TextWriter _output;
    private readonly Random _random;
    private readonly string _folder;
    private readonly int _port;
    private readonly ServerUnderTest _server;
    private readonly List<WorkerProcess> _publishers = [];
    private readonly List<WorkerProcess> _subscribers = [];
    private readonly SemaphoreSlim _changed = new(0);

    public Checker(CheckerOptions options, TextWriter output)
    {
        _options = options;
        _output = output;
        _random = new Random(options.Seed);
        _folder = options.Folder is { } folder
            ? Path.GetFullPath(folder)
            : Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"fonte-durability-{Environment.ProcessId}"));
        if (Directory.Exists(_folder) && Directory.EnumerateFileSystemEntries(_folder).Any())
            throw new CheckerException($"The run folder {_folder} is not empty.");
        Directory.CreateDirectory(_folder);
        _port = FreePort();
        _server = new ServerUnderTest(options, _folder, _port);
    }

    private long Acknowledged => _publishers.Sum(worker => worker.Acknowledged);

    /// <summary>Runs the whole check.</summary>
    public async Task<DurabilityProof> RunAsync(CancellationToken cancellationToken)
    {
        await SayAsync($"run folder {_folder}");
        await StartServerAsync(waitUntilReady: true, cancellationToken);
        StartWorkers(_subscribers, "worker-subscribe", _options.Subscribers);
        await WaitAsync("every subscriber has a position",
            () => _subscribers.Sum(worker => worker.Subscribed) == _options.Subscribers, cancellationToken);
        StartWorkers(_publishers, "worker-publish", _options.Publishers);
        await TellAsync(_publishers.Concat(_subscribers), ServerLine());

        for (var kill = 1; kill <= _options.Kills; kill++)
            await KillAsync(kill, cancellationToken);

        var before = Acknowledged;
        await WaitAsync("publishing goes on", () => Acknowledged >= before + 50, cancellationToken);
        await TellAsync(_publishers, "stop");
        await WaitAsync("the publishers stop", () => _publishers.All(worker => worker.IsFinished), cancellationToken);
        var last = await PublishSentinelAsync();
        await SayAsync($"{Acknowledged:N0} events acknowledged; the last is at offset {last:N0}");

        await FinishAsync(last, cancellationToken);
        Start(_subscribers, "worker-subscribe", Replay, 1, cuts: 0);
        await FinishAsync(last, cancellationToken);
        await StopAsync(_subscribers);
        return DurabilityProof.Of(RecordFile.ReadAttempts(_folder), RecordFile.ReadHistories(_folder), last);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await StopAsync(_publishers.Concat(_subscribers));
    }

    /// <summary>Deletes the run folder; after a violation it is kept, for it is the evidence.</summary>
    public void DeleteFolder()
    {
        if (_options.Folder is null)
            Directory.Delete(_folder, recursive: true);
    }

    private async Task KillAsync(int number, CancellationToken cancellationToken)
    {
        // Some kills hit the server while it starts and recovers; the next start is then waited for.
        if (_random.Next(6) == 0)
        {
            await _server.KillAsync();
            await StartServerAsync(waitUntilReady: false, cancellationToken);
            await Task.Delay(_random.Next(50, 900), cancellationToken);
        }
        else
        {
            var wanted = Acknowledged + _random.Next(1, 600);
            await WaitAsync("publishing goes on", () => Acknowledged >= wanted, cancellationToken);
            await Task.Delay(_random.Next(40), cancellationToken);
        }

        await _server.KillAsync();
        await SayAsync($"kill {number} of {_options.Kills} after {Acknowledged:N0} acknowledged events");
        await StartServerAsync(waitUntilReady: true, cancellationToken);
    }

    private async Task StartServerAsync(bool waitUntilReady, CancellationToken cancellationToken)
    {
        _server.Start();
        await TellAsync(_publishers.Concat(_subscribers), ServerLine());
        if (waitUntilReady)
            await _server.WaitUntilReadyAsync(cancellationToken);
    }

    // Two processes of each kind: as many as the machine of the normal run has processors.
    private void StartWorkers(List<WorkerProcess> workers, string mode, int count)
    {
        var half = (count + 1) / 2;
        Start(workers, mode, 0, half, cuts: 1);
        if (count > half)
            Start(workers, mode, half, count - half, cuts: 1);
    }

    private void Start(List<WorkerProcess> workers, string mode, int first, int count, int cuts)
    {
        workers.Add(new WorkerProcess(
            [
                mode, "--port", Text(_port), "--records", _folder, "--first", Text(first), "--count", Text(count),
                "--seed", Text(_options.Seed), "--cuts", Text(cuts),
            ],
            () => _changed.Release()));
    }

    private async Task<long> PublishSentinelAsync()
    {
        using var publisher = new PublisherWorker(new IPEndPoint(IPAddress.Loopback, _port), _folder, Sentinel, _options.Seed, () => { });
        var id = await publisher.PublishAsync()
            ?? throw new CheckerException("The server did not acknowledge the last event, published after all others.");
        return Position.TryParse(id, out var position)
            ? position.Offset
            : throw new CheckerException($"The server acknowledged the last event with '{id}', which is no position.");
    }

    private async Task FinishAsync(long offset, CancellationToken cancellationToken)
    {
        await TellAsync(_subscribers, "until " + Text(offset));
        // Who does not get there is judged by the records, which then lack what never came.
        if (!await ComesTrueAsync(() => _subscribers.All(worker => worker.IsFinished), cancellationToken))
            await SayAsync($"not every subscriber reached offset {offset} within {StepTimeout.TotalSeconds:0} s");
    }

    private async Task WaitAsync(string what, Func<bool> condition, CancellationToken cancellationToken)
    {
        if (!await ComesTrueAsync(condition, cancellationToken))
        {
            throw new CheckerException(string.Create(CultureInfo.InvariantCulture,
                $"Waited {StepTimeout.TotalSeconds:0} s in vain until {what}; the records are in {_folder}."));
        }
    }

    private async Task<bool> ComesTrueAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StepTimeout);
        while (!condition())
        {
            _server.RequireRunning();
            foreach (var worker in _publishers.Concat(_subscribers))
                worker.RequireRunning();
            try
            {
                // A second at most, to notice a process that ended without a word.
                await _changed.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }

    private static async Task StopAsync(IEnumerable<WorkerProcess> workers)
    {
        foreach (var worker in workers)
            await worker.DisposeAsync();
    }

    private static async Task TellAsync(IEnumerable<WorkerProcess> workers, string line)
    {
        foreach (var worker in workers)
            await worker.TellAsync(line);
    }

    private string ServerLine() => "server " + Text(_server.ProcessId);

    private Task SayAsync(FormattableString text) => _output.WriteLineAsync(text.ToString(CultureInfo.InvariantCulture));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Below the range that the system gives to outgoing connections: otherwise a subscriber that reconnects while the server
    // is down may be given the server's own port and connect to itself.
    private int FreePort()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = _random.Next(15_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // In use; try another.
            }
        }

        throw new CheckerException("No free port was found on 127.0.0.1.");
    }
}
