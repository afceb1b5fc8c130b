namespace Fonte.AspNetCore;

/// <summary>Who may issue access tokens, and with which keys. One issuer may appear more than once, with different keys for different roles.</summary>
public sealed class IssuerOptions
{
    /// <summary>The identifier that its tokens carry as <c>iss</c>, compared exactly.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>A key shared with the issuer, for HS256: at least 32 bytes of UTF-8 (RFC 7518, section 3.2).</summary>
    public string? Secret { get; set; }

    /// <summary>A file with public keys: PEM, or a JWK Set (RFC 7517).</summary>
    public string? KeyFile { get; set; }

    /// <summary>Where the issuer publishes its JWK Set; fetched when it is needed, and again as it ages or a token names a key that is not in it.</summary>
    public string? JwksUrl { get; set; }

    /// <summary>What its tokens may be used for; both if none is named.</summary>
    public IList<TokenRole> Roles { get; init; } = [];

    internal bool Serves(TokenRole role) => Roles.Count == 0 || Roles.Contains(role);
}

/// <summary>What a token is used for.</summary>
public enum TokenRole
{
    /// <summary>Publishing events.</summary>
    Publish,

    /// <summary>Receiving private events, and any events where subscribing needs a token.</summary>
    Subscribe,
}
