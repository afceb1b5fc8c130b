using System.Net;
using Xunit;

namespace Fonte.Server.Tests;

/// <summary>Clients of Mercure 0.x that were not written here: npm's <c>eventsource</c> and <c>jsonwebtoken</c>.</summary>
public sealed class Mercure0xTests : IDisposable
{
    private const string Secret = "!ChangeThisMercureHubJWTSecretKey!";
    private const string Books = "https://example.com/books/{id}";
    private readonly TemporaryFolder _folder = new();

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["FONTE__MERCURECOMPAT"] = "0.x",
        ["FONTE__ISSUERS__0__ISSUER"] = "https://example.com",
        ["FONTE__ISSUERS__0__SECRET"] = Secret,
        ["FONTE__RECONNECTIONTIME"] = "00:00:00.2",
        // As somebody has it who looks for a fault: also then no token may be in the log.
        ["Logging__Console__LogLevel__Default"] = "Debug",
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("header")]
    [InlineData("url")]
    public async Task Client_gets_its_private_events_and_after_the_hub_was_killed_what_it_missed(string way)
    {
        var publisher = await TokenAsync(Books, "https://example.com/users/{+any}");
        Uri address;
        string output;
        await using var first = await RunningServer.StartWithAsync(Settings, _folder.Path);
        address = first.Address;
        await using var client = Tool.StartNode("Mercure0x/subscribe.mjs", first.Hub.ToString(), Secret, way, Books);
        await client.LineAsync("\"open\"");
        await PublishAsync(first, publisher, "1", "https://example.com/users/42/https://example.com/books/1");
        await PublishAsync(first, publisher, "of another", "https://example.com/users/43/https://example.com/books/1");
        await PublishAsync(first, publisher, "2", "https://example.com/users/42/https://example.com/books/1", type: "typed");
        await client.LineAsync("\"data\":\"2\"");
        first.Tool.Signal(RunningServer.KillNine);
        output = (await first.Tool.EndAsync()).Output;

        await using var second = await RunningServer.StartWithAsync(Settings, _folder.Path, address.ToString());
        await PublishAsync(second, publisher, "3", "https://example.com/users/42/https://example.com/books/1");
        await client.LineAsync("\"data\":\"3\"");
        client.Signal(RunningServer.Terminate);
        var seen = (await client.EndAsync()).Output.Split('\n').Where(line => line.Contains("\"data\"", StringComparison.Ordinal)).Select(line => line[..line.IndexOf(",\"id\"", StringComparison.Ordinal)]);
        Assert.Equal(["{\"data\":\"1\"", "{\"data\":\"2\"", "{\"data\":\"3\""], seen);
        Assert.Contains("Compatible with Mercure 0.x", output, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", output, StringComparison.Ordinal);
    }

    private static async Task<string> TokenAsync(params string[] selectors)
    {
        await using var tool = Tool.StartNode("Mercure0x/token.mjs", [Secret, .. selectors]);
        var ended = await tool.EndAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        return ended.Output;
    }

    private static async Task PublishAsync(RunningServer server, string token, string data, string alternate, string type = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, server.Hub)
        {
            Content = new FormUrlEncodedContent([new("topic", "https://example.com/books/1"), new("topic", alternate), new("private", "on"), new("data", data), new("type", type)]),
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
