using System.Buffers;
using System.Text.Json;
using Fonte.Client;
using Microsoft.AspNetCore.Hosting.Server;

namespace Fonte.Samples.Orders;

/// <summary>Tells everybody, at a topic of its own, that an order was placed or paid: what the services tell each other is private.</summary>
/// <remarks>
/// It begins with what the services said shortly before, whatever it has told of that: each is published under an idempotency key that is made of the order and the
/// step, so that it is there once, also after a restart.
/// </remarks>
internal sealed partial class OrdersFeed(OrdersOptions options, OrderTokens tokens, IEventPublisher publisher, IServer server, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<OrdersFeed> logger)
    : BackgroundService
{
    // With the step an idempotency key, which has at most 255 characters.
    private const int MostOrder = 200;

    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            while (true)
            {
                await TellAsync(stoppingToken);
                await Task.Delay(Again, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        try
        {
            var address = HubAddress.Of(server);
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            var hub = new FonteClient(http, new() { HubUrl = address, AccessToken = _ => new(tokens.OfFeed(address.ToString())) });
            await foreach (var received in hub.SubscribeAsync(new() { Topics = [OrderFlow.Placed, OrderFlow.Paid], Since = time.GetUtcNow() - Overlap }, cancellationToken))
            {
                if (!received.IsGap && Read(received) is { } request) await PublishAsync(request, cancellationToken);
            }
        }
#pragma warning disable CA1031 // Whatever went wrong, it begins again.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception.Message);
        }
    }

    private async Task PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var result = await publisher.PublishAsync(request, cancellationToken);
        // What cannot be published for good must not keep back what comes behind it.
        if (result.Outcome is PublishOutcome.Rejected or PublishOutcome.KeyReused) Log.PassedOver(logger, result.Outcome, result.Fault?.Sentence);
        else if (!result.IsPublished) throw new InvalidOperationException($"It was not published: {result.Outcome}. {result.Fault?.Sentence}");
    }

    /// <summary>What everybody may know of it: not the customer. Null for what is no event of an order.</summary>
    private PublishRequest? Read(ReceivedEvent received)
    {
        try
        {
            using var envelope = JsonDocument.Parse(received.Data);
            var data = envelope.RootElement.GetProperty("data");
            if (data.GetProperty("order").GetString() is not { Length: > 0 and <= MostOrder } order) return null;
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("order", order);
                json.WriteNumber("amount", data.GetProperty("amount").GetInt64() / 100m);
                json.WriteString("source", "orders");
                json.WriteString("time", envelope.RootElement.GetProperty("time").GetDateTimeOffset());
                json.WriteEndObject();
            }

            return new()
            {
                Events = [new() { Topics = [options.Feed!], Type = received.Type, Data = buffer.WrittenMemory }],
                IdempotencyKey = new($"{order}/{received.Type}", nameof(OrdersFeed)),
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "What happened to an order is not told: {Outcome}. {Fault}")]
        public static partial void PassedOver(ILogger logger, PublishOutcome outcome, string? fault);

        [LoggerMessage(1, LogLevel.Warning, "What happens to orders could not be told, and is told again: {Sentence}")]
        public static partial void Failed(ILogger logger, string sentence);
    }
}
