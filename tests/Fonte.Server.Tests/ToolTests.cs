using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Xunit;

namespace Fonte.Server.Tests;

public sealed class ToolTests
{
    [Fact]
    public async Task Subscribe_prints_what_publish_publishes_until_it_is_interrupted()
    {
        await using var server = await RunningServer.StartAsync(":memory:");
        var url = server.Address.ToString();
        var first = await Tool.RunAsync(["publish", "--url", url, "--topic", "a", "--data", "one\ntwo \u001b[31m", "--type", "update"]);
        Assert.Equal((0, ""), (first.ExitCode, first.Errors));
        Assert.Matches("^urn:fonte:[a-z2-7]{12}:1$", first.Output);

        await using var text = Tool.Start("subscribe", "--url", url, "--match", "a", "--last-event-id", "earliest");
        Assert.Equal($"{first.Output}  update  one", await text.LineAsync("update"));
        Assert.Equal("    two \uFFFD[31m", await text.LineAsync("two"));

        await using var json = Tool.Start("subscribe", "--url", url, "--match", "*", "--last-event-id", "earliest", "--json");
        var second = await Tool.RunAsync(["publish", "--url", url, "-t", "b", "-d", "-", "--id", "mine"], input: "from the standard input é"u8.ToArray());
        Assert.Equal("mine", second.Output);
        var line = JsonDocument.Parse(await json.LineAsync("standard")).RootElement;
        Assert.Equal(("mine", "message", "from the standard input é"), (line.GetProperty("id").GetString(), line.GetProperty("type").GetString(), line.GetProperty("data").GetString()));

        foreach (var tool in (Tool[])[text, json])
        {
            tool.Signal(RunningServer.Interrupt);
            var ended = await tool.EndAsync();
            Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        }
    }

    [Fact]
    public async Task Publish_that_is_repeated_with_its_key_is_published_once()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: ["--retention-max-age", "30d", "--retention-topic", "https://b/?c=d*=max-age:1h,keep-last:10", "--retention-topic", "a=max-age:00:15:00", "--ballast-bytes", "0"]);
        string[] call = ["publish", "--url", server.Address.ToString(), "--topic", "a", "--idempotency-key", "key \"1\""];
        var first = await Tool.RunAsync([.. call, "--data", "1"]);
        var again = await Tool.RunAsync([.. call, "--data", "1"]);
        Assert.Equal((0, "", first.Output), (again.ExitCode, again.Errors, again.Output));
        var other = await Tool.RunAsync([.. call, "--data", "2"]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("The hub answered 422", Assert.Single(other.Errors.Split('\n')), StringComparison.Ordinal);
        Assert.EndsWith(":2", await server.PublishAsync("a", "2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_lets_publish_and_read_what_it_grants()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-tokens").FullName;
        try
        {
            var key = Path.Combine(folder, "key.pem");
            using (var curve = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256)) await File.WriteAllTextAsync(key, curve.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
            var settings = new Dictionary<string, string> { ["FONTE__ISSUERS__0__ISSUER"] = "https://me.example", ["FONTE__ISSUERS__0__KEYFILE"] = key, ["FONTE__RESOURCE"] = "https://hub.example/.well-known/mercure" };
            await using var server = await RunningServer.StartWithAsync(settings);
            var url = server.Address.ToString();
            var token = await Tool.RunAsync(["token", "--publish-urlpattern", "/books/:id", "--subscribe", "/books/1", "--ttl", "5m", "--issuer", "https://me.example", "--audience", settings["FONTE__RESOURCE"], "--key-file", key]);
            Assert.Equal((0, ""), (token.ExitCode, token.Errors));
            foreach (var topic in (string[])["/books/1", "/books/2"])
                Assert.Equal(0, (await Tool.RunAsync(["publish", "--url", url, "-t", topic, "-d", $"of {topic}", "--private", "--token", token.Output])).ExitCode);
            Assert.Contains("403", (await Tool.RunAsync(["publish", "--url", url, "-t", "/other", "--token", token.Output])).Errors, StringComparison.Ordinal);
            Assert.Contains("401", (await Tool.RunAsync(["publish", "--url", url, "-t", "/books/1"])).Errors, StringComparison.Ordinal);
            await using var reader = Tool.Start("subscribe", "--url", url, "-p", "/books/:id", "--last-event-id", "earliest", "--token", token.Output);
            Assert.EndsWith("of /books/1", await reader.LineAsync("of /"), StringComparison.Ordinal);
            Assert.Equal(0, (await Tool.RunAsync(["publish", "--url", url, "-t", "/books/3", "-d", "open /books/3", "--token", token.Output])).ExitCode);
            // The private event of the other book has gone by.
            Assert.EndsWith("open /books/3", await reader.LineAsync("open"), StringComparison.Ordinal);
            string[] load = ["bench", "--url", $"{server.Hub}?match=/books/1", "--publish-url", server.Hub.ToString(), "--publish-body", "topic=/books/1&private=on&data={data}", "--publish-type", "application/x-www-form-urlencoded", "--subscribers", "2", "--seconds", "1"];
            Assert.Equal(0, (await Tool.RunAsync([.. load, "--token", token.Output])).ExitCode);
            Assert.NotEqual(0, (await Tool.RunAsync(load)).ExitCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Kick_ends_a_stream_and_revoke_for_good()
    {
        var settings = new Dictionary<string, string> { ["FONTE__ISSUERS__0__ISSUER"] = "https://me.example", ["FONTE__ISSUERS__0__SECRET"] = new string('s', 32), ["FONTE__RESOURCE"] = "https://hub.example/.well-known/mercure" };
        await using var server = await RunningServer.StartWithAsync(settings);
        var url = server.Address.ToString();
        var operators = (await Tool.RunAsync(["token", "--publish", "/.well-known/mercure/kicks", "--publish", "/.well-known/mercure/revocations"], settings)).Output;
        var users = (await Tool.RunAsync(["token", "--publish", "a", "--subscribe", "a", "--subject", "user"], settings)).Output;
        await using var reader = Tool.StartProgram("Fonte.Server", ["subscribe", "--url", url, "-m", "a", "--last-event-id", "earliest", "--token", users]);
        Assert.Equal(0, (await Tool.RunAsync(["publish", "--url", url, "-t", "a", "-d", "one", "--token", users])).ExitCode);
        await reader.LineAsync("one");

        Assert.Equal((0, "1", ""), await Tool.RunAsync(["kick", "--url", url, "--subject", "user", "--token", operators]));
        // What it gets now it gets on a new stream.
        Assert.Equal(0, (await Tool.RunAsync(["publish", "--url", url, "-t", "a", "-d", "two", "--token", users])).ExitCode);
        await reader.LineAsync("two");
        Assert.Equal((0, "1", ""), await Tool.RunAsync(["revoke", "--url", url, "--subject", "user", "--expires", "2090-01-01T00:00:00Z", "--token", operators]));
        Assert.Contains("401", (await reader.EndAsync()).Errors, StringComparison.Ordinal);
        Assert.Contains("401", (await Tool.RunAsync(["publish", "--url", url, "-t", "a", "--token", users])).Errors, StringComparison.Ordinal);

        Assert.Contains("403", (await Tool.RunAsync(["kick", "--url", url, "--subject", "user", "--token", (await Tool.RunAsync(["token", "--publish", "*"], settings)).Output])).Errors, StringComparison.Ordinal);
        Assert.Contains("exactly one", (await Tool.RunAsync(["revoke", "--url", url, "--token", operators])).Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await Tool.RunAsync(["revoke", "--url", url, "--subject", "user", "--expires", "soon"])).ExitCode);
    }

    [Theory]
    [InlineData("/books/:id", "/books/1", 0, "id = 1")]
    [InlineData("https://example.com/*", "https://example.org/a", 1, "hostname does not match")]
    [InlineData("*", "a", 0, "every topic")]
    [InlineData("/a", "http://[", 1, "cannot be read as a URL")]
    public async Task Match_tells_whether_and_why(string pattern, string topic, int exitCode, string told)
    {
        var ended = await Tool.RunAsync(["match", "--pattern", pattern, "--topic", topic]);
        Assert.Equal((exitCode, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains(told, ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("match", "--pattern", "/{", "--topic", "a")]
    [InlineData("match", "--pattern", "", "--topic", "a")]
    [InlineData("match", "--pattern", "/a", "--topic", "a", "--base", "nowhere")]
    [InlineData("token", "--publish", "a", "--issuer", "me", "--key-file", "/nowhere")]
    [InlineData("token", "--publish", "a", "--issuer", "me", "--key-file", "/etc/passwd")]
    [InlineData("token", "--issuer", "me")]
    [InlineData("token", "--publish", "")]
    [InlineData("subscribe")]
    public async Task Wrong_call_is_one_sentence_and_2(params string[] call)
    {
        var ended = await Tool.RunAsync(call);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Matches("^fonte: [^\n]+\\.$", ended.Errors);
    }

    [Fact]
    public async Task Publish_that_the_hub_refuses_tells_the_hubs_sentence()
    {
        await using var server = await RunningServer.StartAsync(":memory:");
        var ended = await Tool.RunAsync(["publish", "--url", server.Address.ToString(), "--topic", "*"]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("reserved", Assert.Single(ended.Errors.Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "not UTF-8")]
    [InlineData(16 * 1024 * 1024 + 1, "longer than 16777216 bytes")]
    public async Task Publish_refuses_input_that_is_no_text_or_has_no_end(int length, string expected)
    {
        var input = new byte[length];
        input[^1] = 0xFF;
        var ended = await Tool.RunAsync(["publish", "--url", "http://127.0.0.1:1", "--topic", "a", "--data", "-"], input: input);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(expected, Assert.Single(ended.Errors.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_to_a_listener_that_never_answers_ends_with_a_sentence()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var ended = await Tool.RunAsync(["publish", "--url", $"http://{silent.LocalEndpoint}", "--topic", "a"]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("gave no answer within 30 s", Assert.Single(ended.Errors.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_ends_well_when_its_pipe_is_closed()
    {
        await using var server = await RunningServer.StartAsync(":memory:");
        await using var tool = Tool.StartShell("{ \"$@\"; echo \"ended with $?\" >&2; } | head -n 1", "subscribe", "--url", server.Address.ToString(), "--match", "a");
        var ending = tool.EndAsync();
        while (!ending.IsCompleted) await server.PublishAsync("a", "marker");
        var ended = await ending;
        Assert.Equal((0, "ended with 0"), (ended.ExitCode, ended.Errors));
        Assert.EndsWith("marker", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_goes_on_when_the_server_is_killed_and_comes_back()
    {
        using var folder = new TemporaryFolder();
        await using var server = await RunningServer.StartAsync(folder.Path);
        await using var tool = Tool.Start("subscribe", "--url", server.Address.ToString(), "--match", "a");
        var started = await Tool.RunAsync(["publish", "--url", server.Address.ToString(), "-t", "a", "-d", "marker"]);
        Assert.Equal(0, started.ExitCode);
        // The tool may subscribe after the first event; so events come until one is seen.
        var seen = tool.LineAsync("marker");
        while (!seen.IsCompleted) await server.PublishAsync("a", "marker");
        await seen;
        server.Tool.Signal(RunningServer.KillNine);
        await server.Tool.EndAsync();
        await using var again = await RunningServer.StartAsync(folder.Path, server.Address.ToString().TrimEnd('/'));
        await again.PublishAsync("a", "after the crash");
        await tool.LineAsync("after the crash");
    }

    [Fact]
    public async Task Bench_of_a_small_load_loses_nothing()
    {
        await using var server = await RunningServer.StartAsync(":memory:");
        var ended = await Tool.RunAsync(["bench", "--url", server.Address.ToString(), "--subscribers", "200", "--rate", "100", "--seconds", "2", "--json"]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        using var report = JsonDocument.Parse(ended.Output);
        Assert.Equal(200, report.RootElement.GetProperty("connected").GetInt32());
    }
}
