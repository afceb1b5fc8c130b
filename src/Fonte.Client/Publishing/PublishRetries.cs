namespace Fonte.Client;

/// <summary>Publishes one event, again while that cannot publish it twice and time is left.</summary>
internal static class PublishRetries
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static async Task<string> SendAsync(
        Func<string?, Task<string>> send, OutgoingEvent outgoing, FonteClientOptions options, Lock randomLock, CancellationToken cancellationToken)
    {
        var clock = options.TimeProvider;
        var begun = clock.GetTimestamp();
        // The hub answers a second one under the same key with the first one's ID.
        var key = outgoing.IdempotencyKey ?? (options.HubKnowsIdempotencyKeys ? Guid.NewGuid().ToString() : null);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await send(key).ConfigureAwait(false);
            }
            catch (FonteClientException exception) when (IsSafe(exception, key is not null && options.HubKnowsIdempotencyKeys))
            {
                var wait = Wait(attempt, exception.RetryAfter, options, randomLock);
                if (clock.GetElapsedTime(begun) + wait > options.PublishRetryTime)
                    throw;
                await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsSafe(FonteClientException exception, bool isNamed)
    {
        if (exception.NothingWasSent)
            return true;
        // No answer: it may have been published. Likewise after a 5xx, of a proxy for example; a 429 comes before anything is done.
        if (exception.StatusCode is { } status)
            return HubRefusal.IsWorthRetrying(status) && (isNamed || status == System.Net.HttpStatusCode.TooManyRequests);
        return isNamed;
    }

    private static TimeSpan Wait(int attempt, TimeSpan? retryAfter, FonteClientOptions options, Lock randomLock)
    {
        var longest = Shortest;
        for (var doublings = 1; doublings < attempt && longest < Longest; doublings++)
            longest *= 2;
        double fraction;
        lock (randomLock)
            fraction = options.Random.NextDouble();
        // At least half of it, so that a hub that is in trouble is left alone.
        var wait = longest * (0.5 + (fraction / 2));
        return retryAfter > wait ? retryAfter.Value : wait;
    }
}
