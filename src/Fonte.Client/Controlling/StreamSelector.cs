namespace Fonte.Client;

/// <summary>Whose event streams: exactly one of subject, token and subscriber.</summary>
public sealed class StreamSelector
{
    /// <summary>Gets the issuer to which subject and token are unique; null, the default, where the hub accepts tokens of one issuer only.</summary>
    public string? Issuer { get; init; }

    /// <summary>Gets the subject for whom the tokens are (RFC 7519, <c>sub</c>); null by default.</summary>
    public string? Subject { get; init; }

    /// <summary>Gets the identifier of the token (RFC 7519, <c>jti</c>); null by default.</summary>
    public string? TokenId { get; init; }

    /// <summary>Gets the subscriber's identifier, as the active subscriptions tell it; null by default.</summary>
    public string? Subscriber { get; init; }
}
