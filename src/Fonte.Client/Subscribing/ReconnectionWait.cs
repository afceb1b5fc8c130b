namespace Fonte.Client;

/// <summary>How long one subscription waits before it reconnects.</summary>
/// <remarks>
/// <code>
/// base    = the last retry: told, or MinimumReconnectionTime; within [MinimumReconnectionTime, MaximumReconnectionTime]
/// longest = min(MaximumReconnectionTime, base × 2^attempt)
/// wait    = uniform in [base, longest], shifted up so that it is never below Retry-After
/// </code>
/// The wait is never below the reconnection time, and the first one is already spread over [base, 2 × base]:
/// a hub that restarts is not met by all its subscribers in the same instant.
/// </remarks>
internal sealed class ReconnectionWait(FonteClientOptions options, Lock randomLock)
{
    private TimeSpan _base = options.MinimumReconnectionTime;

    public int Attempt { get; private set; }

    /// <summary>Takes a <c>retry:</c> field as the base.</summary>
    public void SetReconnectionTime(TimeSpan reconnectionTime) =>
        _base = reconnectionTime < options.MinimumReconnectionTime ? options.MinimumReconnectionTime
            : reconnectionTime > options.MaximumReconnectionTime ? options.MaximumReconnectionTime
            : reconnectionTime;

    public void Reset() => Attempt = 0;

    public TimeSpan Next(TimeSpan? retryAfter)
    {
        Attempt++;
        var longest = _base;
        for (var doublings = 0; doublings < Attempt && longest < options.MaximumReconnectionTime; doublings++)
            longest *= 2;
        if (longest > options.MaximumReconnectionTime)
            longest = options.MaximumReconnectionTime;

        double fraction;
        lock (randomLock)
            fraction = options.Random.NextDouble();
        var wait = _base + ((longest - _base) * fraction);
        if (retryAfter > FonteClientOptions.LongestWait)
            retryAfter = FonteClientOptions.LongestWait;
        return retryAfter > _base ? wait - _base + retryAfter.Value : wait;
    }
}
