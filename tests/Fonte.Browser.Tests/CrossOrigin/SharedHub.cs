using System.Text.Json.Nodes;
using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Browser.Tests.CrossOrigin;
using Fonte.Server.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedHub))]

namespace Fonte.Browser.Tests.CrossOrigin;

/// <summary><c>fonte serve</c> over TLS under a name of its own, and pages of other origins: one that it trusts, and others.</summary>
/// <remarks>The trusted page and the hub share a domain, as the draft asks of those that use the cookie.</remarks>
public sealed class SharedHub : IAsyncLifetime
{
    internal const string Cookie = "__Secure-mercure_access_token";
    private const string Resource = "https://hub.example.test/.well-known/mercure";
    private const string Trusted = "app.example.test";
    private const string Neighbour = "neighbour.example.test";
    private const string Stranger = "www.stranger.test";

    private TestCertificate _certificate = null!;
    private PageHost _pages = null!;
    private Tool? _server;
    private HttpClient _http = null!;

    /// <summary>The port on which it listens, on the loopback.</summary>
    internal int Port => _http.BaseAddress!.Port;

    internal Uri Url => At(Port);

    internal string TrustedOrigin => _pages.Origin(Trusted);

    /// <summary>Of the same site, so that cookies go along, whatever their <c>SameSite</c>.</summary>
    internal string NeighbourOrigin => _pages.Origin(Neighbour);

    /// <summary>Of another site.</summary>
    internal string StrangerOrigin => _pages.Origin(Stranger);

    /// <summary>The hub's URL on another port, from which something forwards.</summary>
    internal static Uri At(int port) => new($"https://hub.example.test:{port}/.well-known/mercure");

    internal static string NewTopic() => $"https://example.test/{Guid.NewGuid()}";

    public async ValueTask InitializeAsync()
    {
        _certificate = new();
        _pages = await PageHost.StartAsync(_certificate);
        string[] arguments =
        [
            "serve", "--urls", "https://127.0.0.1:0", "--data", ":memory:", "--resource", Resource, "--cors-origins", TrustedOrigin,
            "--tls-cert", _certificate.CertificateFile, "--tls-key", _certificate.KeyFile, "--reconnection-time", "200ms",
        ];
        _server = Tool.StartProgram("Fonte.Server", arguments, new Dictionary<string, string>
        {
            ["FONTE__ISSUERS__0__ISSUER"] = TestToken.Issuer,
            ["FONTE__ISSUERS__0__SECRET"] = TestToken.Secret,
        });
        var line = await _server.LineAsync("Now listening on: ");
        _http = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, presented, _, _) => _certificate.Certificate.Equals(presented) })
        {
            BaseAddress = new(line[line.IndexOf("https://", StringComparison.Ordinal)..]),
        };
    }

    /// <summary>A token for the hub.</summary>
    internal static string Token(string action, string topic) => TestToken.Granting(action, topic).With("aud", JsonValue.Create(Resource)).Sign();

    /// <summary>The address of the trusted application's page that signs in, with the cookie that the draft recommends.</summary>
    internal string SignIn(string token, string attributes = "Domain=example.test; Path=/.well-known/mercure; Secure; HttpOnly; SameSite=Strict") =>
        TrustedOrigin + _pages.Keep($"{Cookie}={token}; {attributes}");

    internal async Task PublishAsync(string topic, string data, bool isPrivate = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url.AbsolutePath)
        {
            Content = new FormUrlEncodedContent([new("topic", topic), new("data", data), .. isPrivate ? (KeyValuePair<string, string>[])[new("private", "on")] : []]),
        };
        request.Headers.Authorization = new("Bearer", Token("publish", topic));
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        await _pages.DisposeAsync();
        _certificate.Dispose();
    }
}
