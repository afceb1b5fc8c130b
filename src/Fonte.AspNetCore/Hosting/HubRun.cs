namespace Fonte.AspNetCore;

/// <summary>A log that is served, and all that serves it. A shared log may be found to be another, and then another of these takes its place.</summary>
/// <param name="Log">The log; closed at the end.</param>
/// <param name="Hub">The hub over it.</param>
/// <param name="Revocations">What it says is revoked.</param>
/// <param name="Subscriptions">The subscriptions of the open streams, or <see langword="null"/> where they are not tracked.</param>
internal sealed record HubRun(IEventLog Log, EventHub Hub, Revocations Revocations, ActiveSubscriptions? Subscriptions) : IAsyncDisposable
{
    /// <summary>Ends all streams, and tells of their ends; the log is still open.</summary>
    internal async Task EndAsync()
    {
        await Hub.DisposeAsync().ConfigureAwait(false);
        await Revocations.DisposeAsync().ConfigureAwait(false);
        if (Subscriptions is not null) await Subscriptions.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        await Log.DisposeAsync().ConfigureAwait(false);
    }
}
