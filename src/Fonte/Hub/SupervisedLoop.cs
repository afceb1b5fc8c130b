using Microsoft.Extensions.Logging;

namespace Fonte;

/// <summary>Runs a background loop so that it cannot die silently: a failure is logged, counted, shown in health, and the loop starts again.</summary>
internal static partial class SupervisedLoop
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    /// <summary>Runs the body until it returns or is cancelled.</summary>
    /// <param name="name">The loop's name in logs, metrics and health.</param>
    /// <param name="body">The loop. It calls its argument after each round that went well.</param>
    /// <param name="context">Where failures are told.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    internal static async Task RunAsync(string name, Func<Action, Task> body, LoopContext context, CancellationToken cancellationToken)
    {
        var backoff = FirstBackoff;
        var ending = false;
        void Healthy()
        {
            backoff = FirstBackoff;
            context.Health.Well(name);
        }
        while (true)
        {
            try
            {
                await body(Healthy).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.Failed(context.Logger, name, backoff.TotalMilliseconds, exception);
                context.Metrics.LoopFailed(name);
                context.Health.Fault(name, $"The loop {name} failed and is started again.");
                await WaitAsync(backoff, context.Time, cancellationToken).ConfigureAwait(false);
                // Once more after the end was asked for, so that a pump can let go of its subscribers; but not for ever.
                if (cancellationToken.IsCancellationRequested && ending) return;
                ending = cancellationToken.IsCancellationRequested;
                backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
            }
        }
    }

    private static async Task WaitAsync(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(time, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller looks at the token.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Error, "The loop {Name} failed; it starts again in {Backoff} ms")]
        internal static partial void Failed(ILogger logger, string name, double backoff, Exception cause);
    }
}

/// <summary>Where supervised loops tell their failures.</summary>
internal sealed record LoopContext(HubHealth Health, FonteMetrics Metrics, TimeProvider Time, ILogger Logger);
