using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fonte.MicroBench;

/// <summary>What an event costs on its way into the log, a hundred in a request; at synchronous=NORMAL, so that the disk is left out.</summary>
[MemoryDiagnoser]
public class LogBenchmarks
{
    private const int Events = 100;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"fonte-micro-{Guid.NewGuid():N}");
    private readonly PublishRequest _request = new()
    {
        Events = [.. Enumerable.Range(0, Events).Select(n => new EventDraft { Topics = [$"https://example.com/machines/{n}"], Data = Encoding.ASCII.GetBytes(new string('x', 200)) })],
    };
    private SqliteEventLog? _log;

    /// <summary>Opens an empty log.</summary>
    [GlobalSetup]
    public void Open() => _log = SqliteEventLog.Open(new() { Directory = _folder, Synchronous = SqliteSynchronous.Normal, BallastBytes = 0 }, NullLogger<SqliteEventLog>.Instance);

    /// <summary>Removes it.</summary>
    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _log!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Each of a hundred events of one request.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public async Task<AppendOutcome> Append() => (await _log!.AppendAsync(_request)).Outcome;
}
