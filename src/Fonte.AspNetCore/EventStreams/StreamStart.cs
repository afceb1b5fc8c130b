namespace Fonte.AspNetCore;

/// <summary>Where a subscriber begins, in a hub that can say so.</summary>
/// <param name="Hub">The hub.</param>
/// <param name="Point">Where.</param>
internal sealed record StreamStart(EventHub Hub, ResumePoint Point)
{
    /// <summary>Finds it, waiting for what other hubs have given; <see langword="null"/> when it cannot be told now.</summary>
    internal static async ValueTask<StreamStart?> FindAsync(FonteHost host, SubscribeRequest request, CancellationToken cancellationToken)
    {
        if (host.HubIfReady is not { } hub || hub.Resume(request) is not { } point) return null;
        if (!hub.MayBeBehind(point)) return new(hub, point);
        if (!await MayBeginAsync(host, hub, request, point, cancellationToken).ConfigureAwait(false)) return null;
        return hub.Resume(request) is { } current ? new(hub, current) : null;
    }

    /// <summary>Waits until what other hubs have given is here. Who cannot be told in time whether its cursor is good, or its token revoked, comes back; to others all is given that is here.</summary>
    internal static async Task<bool> MayBeginAsync(FonteHost host, EventHub hub, SubscribeRequest request, ResumePoint point, CancellationToken cancellationToken)
    {
        var isCurrent = await hub.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        if (isCurrent) host.Revocations?.ReadMore();
        var mayStream = isCurrent || (point.Gap is null && request.Owner is not StreamOwner { HasToken: true });
        // Another log may have taken its place meanwhile.
        return mayStream && host.HubIfReady == hub;
    }
}
