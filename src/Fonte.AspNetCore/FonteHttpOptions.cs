namespace Fonte.AspNetCore;

/// <summary>How the hub behaves over HTTP, beside how it works inside (<see cref="FonteOptions"/>).</summary>
public sealed class FonteHttpOptions : FonteOptions
{
    /// <summary>
    /// The hub's URL as its users know it: access tokens must be for it (<c>aud</c>), and relative topics and patterns are read against it.
    /// </summary>
    /// <remarks>Without it a token must be for the URL of the request, whose host the client chooses unless <see cref="PublicUrls"/> are listed; and the base is the first address that the server listens on.</remarks>
    /// <value><see langword="null"/></value>
    public string? Resource { get; set; }

    /// <summary>
    /// The schemes and hosts under which the hub may be reached, such as <c>https://example.com</c>, as the server sees them; a request for another is answered 421.
    /// With them the hub may take its URL from the request. In the configuration a list, or one text with commas between.
    /// </summary>
    /// <value>None: every host is served.</value>
    public IList<string> PublicUrls { get; init; } = [];

    /// <summary>Whether anyone who reaches the hub may publish. Only for development and closed networks.</summary>
    /// <value><see langword="false"/></value>
    public bool AnonymousPublish { get; set; }

    /// <summary>Whether public events may be subscribed to without authorization.</summary>
    /// <value><see langword="true"/></value>
    public bool AnonymousSubscribe { get; set; } = true;

    /// <summary>Most open event streams from one address, of IPv6 from one network of 64 bits; beyond it 429. 0 for no limit: behind a proxy all have one address.</summary>
    /// <value>0</value>
    public int MaxStreamsPerAddress { get; set; }

    /// <summary>Most open event streams with tokens for the same subject of the same issuer; beyond it 429. 0 for no limit.</summary>
    /// <value>0</value>
    public int MaxStreamsPerSubject { get; set; }

    /// <summary>Whether events tell of each subscription's beginning and end, and who may can list those that are active.</summary>
    /// <value><see langword="false"/></value>
    public bool Subscriptions { get; set; }

    /// <summary>Whose access tokens are accepted. Several issuers may be named, and one with several keys.</summary>
    public IList<IssuerOptions> Issuers { get; init; } = [];

    /// <summary>Identifiers of the authorization servers that issue tokens for the hub, told in its metadata (RFC 9728).</summary>
    public IList<string> AuthorizationServers { get; init; } = [];

    /// <summary>The cookie in which browsers may present an access token.</summary>
    /// <value><c>__Secure-mercure_access_token</c></value>
    public string CookieName { get; set; } = "__Secure-mercure_access_token";

    /// <summary>The origins, beside the hub's own, whose pages may publish with the cookie, such as <c>https://example.com</c>.</summary>
    public IList<string> CookieOrigins { get; init; } = [];

    /// <summary>Whether pages of any origin may open a WebSocket, if they do not present the cookie. Only for development.</summary>
    /// <value><see langword="false"/>: only pages of the hub's own origin and of <see cref="CookieOrigins"/></value>
    public bool AnySocketOrigin { get; set; }

    /// <summary>
    /// The former version of the Mercure protocol that is understood too: <c>0.x</c>, for clients that have not been changed yet. It lets in what the present one keeps out for good
    /// reasons, such as tokens without an end and tokens in the URL; each such relaxation is logged at start.
    /// </summary>
    /// <value><see langword="null"/>: none</value>
    public string? MercureCompat { get; set; }

    /// <summary>Most bytes in the body of a publish request of one event, and in each event of a batch; beyond it 413.</summary>
    /// <value>1,048,576 (1 MiB)</value>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Most bytes in the body of a batch of CloudEvents; beyond it 413.</summary>
    /// <value>8,388,608 (8 MiB)</value>
    public int MaxBatchBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Most events in a batch; beyond it 413.</summary>
    /// <value>10,000</value>
    public int MaxBatchEvents { get; set; } = 10_000;

    /// <summary>Most topic matchers of one event stream; beyond it 400.</summary>
    /// <value>100</value>
    public int MaxMatchers { get; set; } = 100;

    /// <summary>Most bytes of UTF-8 in one topic matcher; beyond it 400.</summary>
    /// <value>2,048</value>
    public int MaxMatcherBytes { get; set; } = 2048;

    internal bool Accepts0x => MercureCompat == Mercure0x.Name;
}
