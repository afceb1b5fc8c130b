using System.Diagnostics;
using Fonte.Kafka;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>A stand-in for a Kafka cluster, as a process of its own whose faults are commanded.</summary>
internal sealed class KafkaStandIn : IAsyncDisposable
{
    // What requests of the protocol are numbered.
    internal const int ProduceRequest = 0;
    internal const int FetchRequest = 1;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private readonly Process _process;

    private KafkaStandIn(Process process, string servers) => (_process, Servers) = (process, servers);

    internal string Servers { get; }

    internal static async Task<KafkaStandIn> StartAsync()
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Fonte.KafkaStandIn", "release", "Fonte.KafkaStandIn.dll"));
        Assert.True(File.Exists(program), $"There is no {program}: build the solution in Release.");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return new(process, (await process.StandardOutput.ReadLineAsync().WaitAsync(AnswerTimeout))!);
    }

    /// <summary>How a log of it is reached. It answers who waits for records only when the wait is over, so that waits must be short; a real broker answers with the first record.</summary>
    internal KafkaLogOptions Log(string topic) => new() { Servers = Servers, Topic = topic, Settings = new Dictionary<string, string> { ["fetch.wait.max.ms"] = "5" } };

    /// <summary>The same as a server is given it.</summary>
    internal string Url => $"kafka://{Servers}?fetch.wait.max.ms=5";

    /// <summary>Gives a command and waits until it is done.</summary>
    internal async Task DoAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        Assert.Equal("ok", await _process.StandardOutput.ReadLineAsync().WaitAsync(AnswerTimeout));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

/// <summary>One stand-in for all tests that leave it as it was; or a cluster of one's own, at <c>FONTE_KAFKA=host:port</c>.</summary>
public sealed class KafkaFixture : IAsyncLifetime
{
    private static readonly string? Own = Environment.GetEnvironmentVariable("FONTE_KAFKA") is { Length: > 0 } servers ? servers : null;
    private KafkaStandIn? _standIn;

    internal string Servers => Own ?? _standIn!.Servers;

    /// <summary>Has a topic made; a real cluster makes it when a hub asks.</summary>
    internal Task CreateTopicAsync(string name, int partitions = 1) => _standIn?.DoAsync($"topic {name} {partitions}") ?? Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        if (Own is null) _standIn = await KafkaStandIn.StartAsync();
    }

    public ValueTask DisposeAsync() => _standIn?.DisposeAsync() ?? ValueTask.CompletedTask;
}
