using System.Globalization;

namespace Fonte.Samples.Transports;

/// <summary>Publishes numbered events at the rate that was last asked for, as long as somebody looks.</summary>
internal sealed partial class TransportsPublisher(IEventPublisher publisher, TransportMeter meter, TimeProvider time, ILogger<TransportsPublisher> logger) : BackgroundService
{
    public const string Topic = "transports";
    public const double SlowestRate = 0.1;
    public const double FastestRate = 20;

    private long _number;
    private double _rate = 1;

    /// <summary>Events a second.</summary>
    public double Rate { get => Volatile.Read(ref _rate); set => Volatile.Write(ref _rate, Math.Clamp(value, SlowestRate, FastestRate)); }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1 / Rate), time, stoppingToken);
                if (meter.IsWatched) await PublishAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        try
        {
            var data = string.Create(CultureInfo.InvariantCulture, $"{{\"number\":{++_number},\"at\":{time.GetUtcNow().ToUnixTimeMilliseconds()}}}");
            var result = await publisher.PublishAsync(Topic, data, cancellationToken);
            if (!result.IsPublished) Log.Refused(logger, result.Outcome, result.Fault?.Sentence);
        }
#pragma warning disable CA1031 // Whatever went wrong, the next event is due: the loop must outlive every failure of one publish.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An event of the transports was not published: {Outcome}. {Fault}")]
        public static partial void Refused(ILogger logger, PublishOutcome outcome, string? fault);

        [LoggerMessage(2, LogLevel.Error, "An event of the transports could not be published; they go on.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
