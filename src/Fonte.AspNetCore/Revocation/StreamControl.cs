using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <inheritdoc/>
internal sealed class StreamControl(FonteHost host, TimeProvider time, IOptions<FonteHttpOptions> options) : IStreamControl
{
    public Task<int> KickAsync(StreamSelector whose, CancellationToken cancellationToken = default)
    {
        whose = Checked(whose, nameof(whose));
        return Hub().EndAsync(owner => ((StreamOwner)owner).Is(whose), DisconnectReason.Kicked).WaitAsync(cancellationToken);
    }

    public async Task<RevocationResult> RevokeAsync(StreamSelector which, DateTimeOffset? expires = null, CancellationToken cancellationToken = default)
    {
        which = Checked(which, nameof(which));
        if (which.Subscriber is not null) throw new ArgumentException("A token or a subject is revoked, not a subscriber.", nameof(which));
        var hub = Hub();
        var outcome = await host.Revocations!.AddAsync(new(which.Issuer!, which.Subject, which.TokenId, time.GetUtcNow(), expires), cancellationToken).ConfigureAwait(false);
        if (outcome is RevocationOutcome.Full or RevocationOutcome.Unavailable) return new(outcome);
        return new(outcome, await hub.EndAsync(static owner => owner.IsRevoked, DisconnectReason.Revoked).ConfigureAwait(false));
    }

    /// <summary>What is wrong with a selector here, in a sentence, or <see langword="null"/>.</summary>
    internal string? FaultOf(StreamSelector selector)
    {
        if (selector.Fault is { } fault) return fault;
        if (selector.Subscriber is not null) return null;
        if (selector.Issuer is null) return OnlyIssuer is null ? "Give the issuer, since the hub accepts tokens of several or none." : null;
        return options.Value.Issuers.Any(issuer => issuer.Issuer == selector.Issuer) ? null : "The hub accepts no tokens of this issuer; correct it.";
    }

    private string? OnlyIssuer => options.Value.Issuers.Select(issuer => issuer.Issuer).Distinct().Take(2).ToList() is [var only] ? only : null;

    private StreamSelector Checked(StreamSelector selector, string parameter)
    {
        ArgumentNullException.ThrowIfNull(selector, parameter);
        if (FaultOf(selector) is { } fault) throw new ArgumentException(fault, parameter);
        return selector.Subscriber is null ? selector with { Issuer = selector.Issuer ?? OnlyIssuer } : selector;
    }

    private EventHub Hub() => host.HubIfReady ?? throw new InvalidOperationException("The hub is not running.");
}
