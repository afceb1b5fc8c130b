namespace Fonte.AspNetCore;

/// <summary>Whose event stream it is: the token's with which it was opened, and the subscriber's.</summary>
/// <param name="token">The token, or <see langword="null"/> for a stream without.</param>
/// <param name="subscriber">The subscriber's identifier, or <see langword="null"/> where subscriptions are not tracked.</param>
/// <param name="revocations">What is revoked.</param>
internal sealed class StreamOwner(AccessToken? token, string? subscriber, Revocations revocations) : IStreamOwner
{
    private long _clean = -1;

    internal bool HasToken => token is not null;

    public bool IsRevoked
    {
        get
        {
            if (token is null) return false;
            // Before the look, so that what comes meanwhile is looked for again.
            var version = revocations.Version;
            if (version == Interlocked.Read(ref _clean)) return false;
            if (revocations.Includes(token)) return true;
            Interlocked.Exchange(ref _clean, version);
            return false;
        }
    }

    /// <summary>Whether the selector means it.</summary>
    internal bool Is(StreamSelector whose) =>
        whose.Subscriber is not null ? whose.Subscriber == subscriber
        : token is not null && token.Issuers.Contains(whose.Issuer) && (whose.TokenId is not null ? token.TokenId == whose.TokenId : token.Subject == whose.Subject);
}
