using System.Globalization;
using System.Text.Json;
using Fonte.Bench;

namespace Fonte.PeerBench;

/// <summary>One run of the load tool, in a process of its own so that it can be bound to a processor and begins fresh.</summary>
internal sealed record Load
{
    public required string Url { get; init; }
    public string? PublishUrl { get; init; }
    public string PublishBody { get; init; } = "{data}";
    public string PublishType { get; init; } = "text/plain";
    public bool IsSignalR { get; init; }
    public int? ProcessId { get; init; }
    public int Subscribers { get; init; } = 1000;
    public int Rate { get; init; } = 10;
    public int Size { get; init; } = 100;
    public int Seconds { get; init; } = 10;
    public int Settle { get; init; }
    public int Stalled { get; init; }
    public int WarmUp { get; init; }
    public int Topics { get; init; } = 1;
    public bool Unheard { get; init; }
    public bool Http2 { get; init; }
    public string? Token { get; init; }

    /// <summary>What the child does that was started with this as JSON: the report goes to the standard output.</summary>
    public static async Task<int> RunChildAsync(string json, CancellationToken cancellationToken)
    {
        var load = JsonSerializer.Deserialize<Load>(json)!;
        try
        {
            await BenchRunner.RunAsync(new BenchOptions
            {
                Url = load.Url,
                PublishUrl = load.PublishUrl,
                PublishBody = load.PublishBody,
                PublishType = load.PublishType,
                ProcessId = load.ProcessId,
                Subscribers = load.Subscribers,
                Rate = load.Rate,
                Size = load.Size,
                Seconds = load.Seconds,
                SettleSeconds = load.Settle,
                Stalled = load.Stalled,
                WarmUpSeconds = load.WarmUp,
                Topics = load.Topics,
                Unheard = load.Unheard,
                Http2 = load.Http2,
                Token = load.Token,
                AnyType = true,
                Opening = load.IsSignalR ? () => new SignalROpening() : null,
                OpenTimeout = TimeSpan.FromSeconds(30),
                Json = true,
            }, Console.Out, cancellationToken);
            return 0;
        }
        catch (BenchException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }

    /// <summary>Runs it against the server it names, on the load's processor.</summary>
    /// <exception cref="PeerBenchException">The load could not be run.</exception>
    public async Task<LoadReport> RunAsync(Placement placement, CancellationToken cancellationToken)
    {
        using var child = ChildProcess.Start(placement.LoadCores, Environment.ProcessPath!, Own("load", JsonSerializer.Serialize(this)), folder: null);
        var (output, error, code) = await child.EndAsync(cancellationToken);
        if (code != 0) throw new PeerBenchException(error.Trim().Length > 0 ? error.Trim() : $"The load ended with {code}.");
        using var json = JsonDocument.Parse(output);
        return LoadReport.Of(json.RootElement);
    }

    /// <summary>The arguments with which this program starts itself.</summary>
    public static string[] Own(params string[] arguments) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(Load).Assembly.Location, .. arguments] : arguments;
}

/// <summary>What one run of the load measured.</summary>
internal sealed record LoadReport(
    double DeliveriesPerSecond, double MicrosecondsPerDelivery, double ProcessorMilliseconds, double P50, double P99, double Longest,
    double BytesPerSubscriber, double MemoryAtStart, double MemoryIdle, double MemoryAfter, double Acknowledged, string Faults)
{
    public static LoadReport Of(JsonElement json)
    {
        var server = json.TryGetProperty("server", out var found) ? found : default;
        var latency = json.TryGetProperty("latencyMilliseconds", out var times) ? times : default;
        return new(
            json.GetProperty("deliveriesPerSecond").GetDouble(), Number(server, "microsecondsPerDelivery"), Number(server, "processorMilliseconds"),
            Number(latency, "p50"), Number(latency, "p99"), Number(latency, "max"),
            Number(server, "bytesPerSubscriber"), Number(server, "memoryAtStart"), Number(server, "memoryIdle"), Number(server, "memoryAfter"),
            json.TryGetProperty("published", out var published) ? Number(published, "acknowledged") : 0, FaultsOf(json));
    }

    private static string FaultsOf(JsonElement json)
    {
        var faults = new List<string>();
        foreach (var name in (ReadOnlySpan<string>)["failed", "closedEarly", "lost", "twice", "outOfOrder", "gaps"])
        {
            if (Number(json, name) is > 0 and var count) faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {count:N0}"));
        }

        return string.Join(", ", faults);
    }

    private static double Number(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
}
