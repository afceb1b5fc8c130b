using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using CloudNative.CloudEvents;
using Fonte.Client;
using Fonte.Services;

namespace Fonte.Samples.Orders;

/// <summary>Tells the operator's page every two seconds, and soon after something has happened, how the service is.</summary>
internal sealed partial class ServiceStatus(string service, ServiceStore store, FonteClient hub, ILogger<ServiceStatus> logger) : IDisposable
{
    public const string Topic = "orders/status";
    private const int MostSteps = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<OrderStep> _steps = new();
    private readonly SemaphoreSlim _news = new(0, 1);

    /// <summary>An event has had its effect here; or is about to.</summary>
    public void Passed(CloudEvent received)
    {
        _steps.Enqueue(new(received.Id!.Split('/')[0], received.Type!));
        while (_steps.Count > MostSteps) _steps.TryDequeue(out _);
        lock (_news)
        {
            if (_news.CurrentCount == 0) _news.Release();
        }
    }

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _news.WaitAsync(Interval, stoppingToken);
                await Task.Delay(Shortest, stoppingToken);
                var steps = new List<OrderStep>();
                while (_steps.TryDequeue(out var step)) steps.Add(step);
                var counts = store.Counts();
                var report = new StatusReport(service, counts.Received, counts.Sent, counts.Waiting, counts.Dead, [.. store.DeadLetters(5).Select(letter => letter.Reason)], steps);
                await hub.PublishAsync(new() { Topics = [Topic], Type = "service-status", Private = true, Data = JsonSerializer.Serialize(report, StatusJson.Default.StatusReport) }, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever went wrong, the next report is due.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.Failed(logger, exception.Message);
            }
        }
    }

    public void Dispose() => _news.Dispose();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The service's state could not be told: {Sentence}")]
        public static partial void Failed(ILogger logger, string sentence);
    }
}

/// <summary>How a service is.</summary>
internal sealed record StatusReport(string Service, IReadOnlyDictionary<string, long> Received, IReadOnlyDictionary<string, long> Sent, long Waiting, long Dead, IReadOnlyList<string> Reasons, IReadOnlyList<OrderStep> Steps);

/// <summary>An order has come to a step.</summary>
internal sealed record OrderStep(string Order, string Step);

[JsonSerializable(typeof(StatusReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class StatusJson : JsonSerializerContext;
