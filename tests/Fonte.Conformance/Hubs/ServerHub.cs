using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Server.Tests;

namespace Fonte.Conformance.Hubs;

/// <summary>The hub that the environment names, or else <c>fonte serve</c>.</summary>
/// <remarks>
/// <c>FONTE_CONFORMANCE_URL</c>, <c>…_ISSUER</c>, <c>…_SECRET</c> for HS256, <c>…_AUDIENCE</c>; and where the hub has them <c>…_ORIGIN</c>, which it trusts with
/// credentials, and <c>…_KEY_FILE</c>, a private key in PEM, of the issuer <c>…_KEY_ISSUER</c>.
/// </remarks>
public sealed class ServerHub : HubUnderTest
{
    private readonly string _keys = Path.Combine(Path.GetTempPath(), $"fonte-conformance-{Guid.NewGuid()}.pem");
    private Tool? _server;

    internal override string Issuer => Setting("ISSUER") ?? base.Issuer;

    internal override string Secret => Setting("SECRET") ?? base.Secret;

    internal override string Audience => Setting("AUDIENCE") ?? base.Audience;

    internal override string? TrustedOrigin => Setting("URL") is null ? base.TrustedOrigin : Setting("ORIGIN");

    // What proxies usually allow.
    internal override TimeSpan KeepAlive => Setting("URL") is null ? base.KeepAlive : TimeSpan.FromSeconds(60);

    private protected override SigningKeys? Keys { get; } =
        Setting("URL") is null ? SigningKeys.New() : Setting("KEY_FILE") is { } file ? SigningKeys.OfFile(Setting("KEY_ISSUER") ?? TestToken.Issuer, file) : null;

    private protected override async Task<Uri> StartAsync()
    {
        if (Setting("URL") is { } url) return new(url);
        await File.WriteAllTextAsync(_keys, Keys!.PublicPem, Stop);
        _server = Tool.StartProgram("Fonte.Server", ["serve", "--urls", "http://127.0.0.1:0", "--data", ":memory:", "--subscriptions", "true", "--cors-origins", TrustedOrigin!, "--heartbeat-interval", "1s"], new Dictionary<string, string>
        {
            ["FONTE__ISSUERS__0__ISSUER"] = TestToken.Issuer,
            ["FONTE__ISSUERS__0__SECRET"] = TestToken.Secret,
            ["FONTE__ISSUERS__1__ISSUER"] = Keys.Issuer,
            ["FONTE__ISSUERS__1__KEYFILE"] = _keys,
        });
        var line = await _server.LineAsync("Now listening on: ");
        return new(line[(line.IndexOf("on: ", StringComparison.Ordinal) + 4)..] + "/.well-known/mercure");
    }

    private protected override async ValueTask EndAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        File.Delete(_keys);
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable("FONTE_CONFORMANCE_" + name);
}
