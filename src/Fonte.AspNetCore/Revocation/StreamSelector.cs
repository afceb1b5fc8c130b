namespace Fonte.AspNetCore;

/// <summary>Whose event streams: exactly one of subject, token and subscriber.</summary>
/// <param name="Issuer">The issuer to which subject and token are unique; not needed where the hub accepts tokens of one only.</param>
/// <param name="Subject">All with tokens for this subject (<c>sub</c>).</param>
/// <param name="TokenId">All with this token (<c>jti</c>).</param>
/// <param name="Subscriber">The one with this identifier, as the active subscriptions tell it.</param>
public sealed record StreamSelector(string? Issuer = null, string? Subject = null, string? TokenId = null, string? Subscriber = null)
{
    /// <summary>Most bytes of UTF-8 in each.</summary>
    public const int MaxBytes = 1024;

    /// <summary>What is wrong with it, in a sentence, or <see langword="null"/>.</summary>
    internal string? Fault
    {
        get
        {
            var given = new[] { Subject, TokenId, Subscriber }.Where(text => text is not null).ToList();
            if (given.Count != 1) return "Give exactly one of subject, token_id and subscriber.";
            var text = given[0]!;
            return text.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(text) > MaxBytes || !TextRules.IsClean(text)
                ? $"The subject, token_id or subscriber is empty, longer than {MaxBytes} bytes, or holds a control or format character; correct it."
                : null;
        }
    }
}

/// <summary>What became of a revocation.</summary>
public enum RevocationOutcome
{
    /// <summary>It is durable, and holds.</summary>
    Revoked,

    /// <summary>Nothing is revoked: so many revocations are held that no more fit.</summary>
    Full,

    /// <summary>Nothing is revoked: it could not be written to the log now. Try again.</summary>
    Unavailable,

    /// <summary>It holds at this hub, but it is not known whether it is durable. Do it again.</summary>
    OutcomeUnknown,
}

/// <summary>What became of a revocation, and how many event streams it has ended here.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Streams">How many event streams were ended.</param>
public readonly record struct RevocationResult(RevocationOutcome Outcome, int Streams = 0);

/// <summary>Ends event streams, and takes access tokens back. Thread-safe; of the application's services.</summary>
public interface IStreamControl
{
    /// <summary>Ends event streams between two events where that is possible; their subscribers may reconnect.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="ArgumentException">The selector does not say whose, or names an issuer that the hub does not know.</exception>
    /// <exception cref="InvalidOperationException">The hub is not started yet.</exception>
    Task<int> KickAsync(StreamSelector whose, CancellationToken cancellationToken = default);

    /// <summary>
    /// Refuses a token, or every token that a subject has been issued up to now, from now on and after a restart; and ends the event streams that were opened with them.
    /// </summary>
    /// <param name="which">A subject or a token.</param>
    /// <param name="expires">When all these tokens will have ended by themselves, so that the revocation may be forgotten; <see langword="null"/> for never.</param>
    /// <param name="cancellationToken">Gives up before it is written.</param>
    /// <exception cref="ArgumentException">The selector does not say which, or names an issuer that the hub does not know.</exception>
    /// <exception cref="InvalidOperationException">The hub is not started yet.</exception>
    Task<RevocationResult> RevokeAsync(StreamSelector which, DateTimeOffset? expires = null, CancellationToken cancellationToken = default);
}
