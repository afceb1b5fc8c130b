using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fonte.Durability;

/// <summary>What came of one run.</summary>
internal sealed record RunResult(DurabilityProof Proof, IReadOnlyList<Violation> Violations, IReadOnlyDictionary<FaultKinds, int> Faults);

/// <summary>Runs a server and its clients on a log of their own, does the faults, and lets the records be judged.</summary>
internal sealed class CheckRun : IAsyncDisposable
{
    private const int Sentinel = 900;
    private const int Replay = 900;
    private readonly CheckerOptions _options;
    private readonly RunSettings _settings;
    private readonly TextWriter _output;
    private readonly Random _random;
    private readonly string _folder;
    private readonly IPEndPoint _endPoint;
    private readonly SmallDisk? _disk;
    private readonly RunParts _parts;
    private readonly int? _keptEvents;

    /// <param name="options">Of the whole check.</param>
    /// <param name="settings">Of this run.</param>
    /// <param name="folder">For the records and the log; made here.</param>
    /// <param name="output">For what happens.</param>
    /// <exception cref="CheckerException">What the faults need is missing.</exception>
    public CheckRun(CheckerOptions options, RunSettings settings, string folder, TextWriter output)
    {
        (_options, _settings, _folder, _output) = (options, settings, folder, output);
        _random = new Random(settings.Seed);
        Directory.CreateDirectory(folder);
        _endPoint = new IPEndPoint(IPAddress.Loopback, FreePort());
        var data = Path.Combine(folder, "disk", "data");
        _disk = settings.Faults.HasFlag(FaultKinds.Full) ? new SmallDisk(Path.Combine(folder, "disk")) : null;
        Directory.CreateDirectory(data);
        _keptEvents = settings.Faults.HasFlag(FaultKinds.Retention) ? _random.Next(300, 2000) : null;
        var shim = settings.NeedsShim ? new FaultShim(data, Path.Combine(folder, "shim")) : null;
        var server = new ServerUnderTest([.. options.ServerCommand, .. ServerArguments()], data, Path.Combine(folder, "server.log"), _endPoint, shim);
        _parts = new RunParts(server, new WorkerFleet(server, WorkerArguments()), shim, _disk, new StreamProbe(_endPoint));
    }

    private WorkerFleet Workers => _parts.Workers;

    public async Task<RunResult> RunAsync(CancellationToken cancellationToken)
    {
        await SayAsync($"{_settings.Faults.ToName()}, run folder {_folder}");
        _parts.Server.Start();
        await _parts.Server.WaitUntilReadyAsync(cancellationToken);
        Workers.StartSubscribers(_options.Subscribers);
        await Workers.WaitAsync("every subscriber has a position", () => Workers.Subscribed == _options.Subscribers, cancellationToken);
        Workers.StartPublishers(_options.Publishers);
        await Workers.TellAsync($"server {_parts.Server.ProcessId}");

        var rounds = new FaultRounds(_settings, _parts, _random, SayAsync);
        await rounds.RunAsync(cancellationToken);

        await Workers.WaitForAcknowledgedAsync(Workers.Acknowledged + 50, cancellationToken);
        await Workers.TellPublishersAsync("stop");
        await Workers.WaitAsync("the publishers stop", () => Workers.PublishersFinished, cancellationToken);
        var last = await PublishSentinelAsync();
        await SayAsync(string.Create(CultureInfo.InvariantCulture, $"{Workers.Acknowledged:N0} events acknowledged; the last is at offset {last:N0}"));
        await FinishAsync(last, cancellationToken);
        Workers.StartPatientSubscriber(Replay);
        await FinishAsync(last, cancellationToken);
        // Whoever writes records ends before they are read.
        await Workers.DisposeAsync();
        var proof = DurabilityProof.Of(RecordFile.ReadAttempts(_folder), RecordFile.ReadHistories(_folder), last, _keptEvents);
        return new RunResult(proof, rounds.Violations, rounds.Counts);
    }

    public async ValueTask DisposeAsync()
    {
        // The server first: it writes to the disk that then goes.
        await _parts.Server.DisposeAsync();
        await Workers.DisposeAsync();
        _disk?.Dispose();
    }

    private IEnumerable<string> ServerArguments() => _keptEvents is { } kept
        ? ["--retention-max-events", Text(kept), "--retention-interval", "1s"]
        : [];

    private string[] WorkerArguments() =>
    [
        "--port", Text(_endPoint.Port), "--records", _folder, "--seed", Text(_settings.Seed),
        "--stalls", _settings.Faults.HasFlag(FaultKinds.Stall) ? "1" : "0",
        // In memory a commit takes no time: without a pause the small disk would be full after seconds.
        "--pause", _disk is null ? "0" : "20",
    ];

    private async Task<long> PublishSentinelAsync()
    {
        using var publisher = new PublisherWorker(_endPoint, _folder, Sentinel, _settings.Seed, _ => { });
        var id = await publisher.PublishAsync()
            ?? throw new CheckerException("The server did not acknowledge the last event, published after all others.");
        return Position.TryParse(id, out var position)
            ? position.Offset
            : throw new CheckerException($"The server acknowledged the last event with '{id}', which is no position.");
    }

    private async Task FinishAsync(long offset, CancellationToken cancellationToken)
    {
        await Workers.TellSubscribersAsync("until " + Text(offset));
        // Who does not get there is judged by the records, which then lack what never came.
        if (!await Workers.ComesTrueAsync(() => Workers.SubscribersFinished, cancellationToken))
            await SayAsync($"not every subscriber reached offset {Text(offset)} in time");
    }

    private Task SayAsync(string text) => _output.WriteLineAsync($"run {Text(_settings.Number)}: {text}");

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
