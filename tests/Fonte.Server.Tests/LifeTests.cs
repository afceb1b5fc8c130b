using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Fonte.Server.Tests;

public sealed class LifeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RunningServer.Terminate)]
    [InlineData(RunningServer.Interrupt)]
    public async Task Signal_ends_streams_cleanly_and_the_server_within_five_seconds(int signal)
    {
        await using var server = await RunningServer.StartAsync(_folder.Path);
        var streams = new List<StreamReader>();
        for (var n = 0; n < 50; n++)
        {
            streams.Add(new StreamReader(await server.Http.GetStreamAsync(new Uri(server.Hub, "?match=a"), Stop)));
            Assert.StartsWith("retry: ", await streams[n].ReadLineAsync(Stop), StringComparison.Ordinal);
        }
        // One who never reads must not hold the others or the end.
        using var stalled = new TcpClient { ReceiveBufferSize = 1024 };
        await stalled.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        await stalled.GetStream().WriteAsync("GET /.well-known/mercure?match=large HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Stop);
        Assert.True(await stalled.GetStream().ReadAsync(new byte[1], Stop) > 0);
        for (var n = 0; n < 20; n++) await server.PublishAsync("large", new string('x', 500_000));

        var watch = Stopwatch.StartNew();
        server.Tool.Signal(signal);
        foreach (var stream in streams) Assert.Contains("id: urn:fonte:", await stream.ReadToEndAsync(Stop), StringComparison.Ordinal);
        var ended = await server.Tool.EndAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public async Task Signal_with_a_request_that_never_ends_still_closes_the_log_within_five_seconds()
    {
        await using var server = await RunningServer.StartAsync(_folder.Path);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        // The server's "100 Continue" says that it has begun to read the body.
        await slow.GetStream().WriteAsync("POST /.well-known/mercure HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"u8.ToArray(), Stop);
        Assert.True(await slow.GetStream().ReadAsync(new byte[25], Stop) > 0);
        await slow.GetStream().WriteAsync("topic=a"u8.ToArray(), Stop);

        var watch = Stopwatch.StartNew();
        server.Tool.Signal(RunningServer.Terminate);
        Assert.Equal(0, (await server.Tool.EndAsync()).ExitCode);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
        Assert.False(File.Exists(_folder.File("fonte.db-wal")));
    }

    [Fact]
    public async Task Opaque_cursor_outlives_a_killed_server()
    {
        string cursor;
        await using (var server = await RunningServer.StartAsync(_folder.Path, more: ["--event-ids", "opaque"]))
        {
            cursor = await server.PublishAsync("a", "1");
            await server.PublishAsync("a", "2");
            server.Tool.Signal(RunningServer.KillNine);
            await server.Tool.EndAsync();
        }
        await using var again = await RunningServer.StartAsync(_folder.Path, more: ["--event-ids", "opaque"]);
        Assert.StartsWith("urn:fonte:x:", cursor, StringComparison.Ordinal);
        Assert.Equal(["2"], await again.ReadAsync("a", cursor, 1));
    }

    [Fact]
    public async Task Connections_beyond_the_descriptor_limit_are_closed_and_the_others_served()
    {
        // 272 descriptors leave room for 16 connections.
        await using var server = await RunningServer.StartWithDescriptorsAsync(272);
        var streams = new List<TcpClient>();
        var closed = 0;
        for (var n = 0; n < 40; n++)
        {
            var stream = new TcpClient();
            streams.Add(stream);
            await stream.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
            closed += await IsRefusedAsync(stream) ? 1 : 0;
        }
        Assert.Equal(24, closed);
        foreach (var stream in streams) stream.Dispose();
        server.Tool.Signal(RunningServer.Terminate);
        var ended = await server.Tool.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.DoesNotContain("Kestrel", ended.Output, StringComparison.Ordinal);

        static async Task<bool> IsRefusedAsync(TcpClient client)
        {
            try
            {
                await client.GetStream().WriteAsync("GET /.well-known/mercure?match=a HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Stop);
                return await client.GetStream().ReadAsync(new byte[1], Stop) == 0;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task Killed_server_replays_exactly_what_came_after_the_id_and_earliest_everything()
    {
        var ids = new List<string>();
        await using (var server = await RunningServer.StartAsync(_folder.Path))
        {
            for (var n = 1; n <= 10; n++) ids.Add(await server.PublishAsync("a", $"{n}"));
            server.Tool.Signal(RunningServer.KillNine);
            Assert.NotEqual(0, (await server.Tool.EndAsync()).ExitCode);
        }
        await using var again = await RunningServer.StartAsync(_folder.Path);
        Assert.Equal(["8", "9", "10"], await again.ReadAsync("a", ids[6], 3));
        Assert.Equal(Enumerable.Range(1, 10).Select(n => $"{n}"), await again.ReadAsync("a", "earliest", 10));
    }

    [Fact]
    public async Task Events_of_32_publishers_reach_a_subscriber_that_reconnects_at_random_once_and_in_log_order()
    {
        await using var server = await RunningServer.StartAsync(_folder.Path);
        // A publisher that fails ends the subscriber too, which would wait for its events for ever.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var publishing = Task.WhenAll(Enumerable.Range(0, 32).Select(publisher => Task.Run(async () =>
        {
            var mine = new List<(string Id, string Data)>();
            try
            {
                for (var n = 0; n < 1000 / 32 + 1; n++) mine.Add((await server.PublishAsync("a", $"{publisher}:{n}"), $"{publisher}:{n}"));
            }
            catch (Exception)
            {
                await failed.CancelAsync();
                throw;
            }
            return mine;
        }, Stop)));
        var random = new Random(1);
        var seen = new List<(string Id, string Data)>();
        var cursor = "earliest";
        try
        {
            while (seen.Count < 1024)
            {
                var stay = random.Next(1, 60);
                await foreach (var received in server.Client.SubscribeAsync(new() { Topics = ["a"], LastEventId = cursor }, failed.Token))
                {
                    seen.Add((received.Id, received.Data));
                    cursor = received.Id;
                    if (--stay == 0 || seen.Count == 1024) break;
                }
            }
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested)
        {
            await publishing;
            throw;
        }
        var published = (await publishing).SelectMany(mine => mine).OrderBy(one => Offset(one.Id)).ToList();
        Assert.True(published.Count >= 1000);
        Assert.Equal(published, seen);

        static long Offset(string id) => long.Parse(id[(id.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Without_dev_publishing_needs_a_token_and_subscribing_does_not()
    {
        await using var tool = Tool.Start("serve", "--urls", "http://127.0.0.1:0", "--data", ":memory:");
        var line = await tool.LineAsync("Now listening on: ");
        using var http = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]) };
        using var publish = await http.PostAsync(new Uri("/.well-known/mercure", UriKind.Relative), new StringContent("topic=a", null, "application/x-www-form-urlencoded"), Stop);
        using var subscribe = await http.GetAsync(new Uri("/.well-known/mercure?match=a", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (publish.StatusCode, subscribe.StatusCode));
        using var dashboard = await http.GetAsync(new Uri("/dashboard/api/state", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, dashboard.StatusCode);
    }

    [Theory]
    [InlineData("true", "may publish and subscribe")]
    [InlineData("false", "may publish")]
    public async Task Dev_warns_of_what_anyone_may_do(string subscribe, string expected)
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: ["--anonymous-subscribe", subscribe]);
        Assert.EndsWith(expected, await server.Tool.LineAsync("Development mode"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dev_lets_pages_of_every_origin_in_without_credentials()
    {
        await using var server = await RunningServer.StartAsync(":memory:");
        using var response = await SendAsync(server, HttpMethod.Get, "https://anywhere.example");
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("Mercure-Last-Event-ID", response.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Allowlist_lets_only_its_origins_in()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: ["--cors-origins", "https://good.example, https://other.example"]);
        using var good = await SendAsync(server, HttpMethod.Get, "https://good.example");
        using var bad = await SendAsync(server, HttpMethod.Get, "https://bad.example");
        using var preflight = await SendAsync(server, HttpMethod.Options, "https://other.example");
        Assert.Equal("https://good.example", good.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("true", good.Headers.GetValues("Access-Control-Allow-Credentials").Single());
        Assert.False(bad.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("https://other.example", preflight.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    private static Task<HttpResponseMessage> SendAsync(RunningServer server, HttpMethod method, string origin)
    {
        var request = new HttpRequestMessage(method, new Uri(server.Hub, "?match=a"));
        request.Headers.Add("Origin", origin);
        if (method == HttpMethod.Options) request.Headers.Add("Access-Control-Request-Method", "GET");
        return server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }
}
