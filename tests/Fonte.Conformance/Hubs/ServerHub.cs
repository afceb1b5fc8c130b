using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Server.Tests;

namespace Fonte.Conformance.Hubs;

/// <summary>The hub that the environment names (<c>FONTE_CONFORMANCE_URL</c>, <c>…_ISSUER</c>, <c>…_SECRET</c> for HS256, <c>…_AUDIENCE</c>), or else <c>fonte serve</c>.</summary>
public sealed class ServerHub : HubUnderTest
{
    private Tool? _server;

    internal override string Issuer => Setting("ISSUER") ?? base.Issuer;

    internal override string Secret => Setting("SECRET") ?? base.Secret;

    internal override string Audience => Setting("AUDIENCE") ?? base.Audience;

    private protected override async Task<Uri> StartAsync()
    {
        if (Setting("URL") is { } url) return new(url);
        _server = Tool.StartProgram("Fonte.Server", ["serve", "--urls", "http://127.0.0.1:0", "--data", ":memory:", "--subscriptions", "true"], new Dictionary<string, string>
        {
            ["FONTE__ISSUERS__0__ISSUER"] = TestToken.Issuer,
            ["FONTE__ISSUERS__0__SECRET"] = TestToken.Secret,
        });
        var line = await _server.LineAsync("Now listening on: ");
        return new(line[(line.IndexOf("on: ", StringComparison.Ordinal) + 4)..] + "/.well-known/mercure");
    }

    private protected override ValueTask EndAsync() => _server?.DisposeAsync() ?? default;

    private static string? Setting(string name) => Environment.GetEnvironmentVariable("FONTE_CONFORMANCE_" + name);
}
