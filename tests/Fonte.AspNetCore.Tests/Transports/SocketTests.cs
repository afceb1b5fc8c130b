using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests.Transports;

/// <summary>The hub's WebSocket, by the framework's own client.</summary>
public sealed class SocketTests
{
    [Fact]
    public async Task Begins_with_its_position_and_goes_on_with_events()
    {
        await using var app = await StartAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=a");
        var position = await client.NextAsync();
        Assert.Equal("position", position!["fonte"]!.GetValue<string>());
        var id = await app.PublishAsync("topic=a&type=t&data=x");
        Assert.Equal($$"""{"id":"{{id}}","type":"t","topics":["a"],"data":"x"}""", (await client.NextAsync())!.ToJsonString());
    }

    [Fact]
    public async Task All_ways_resume_with_the_same_event_ID()
    {
        await using var app = await StartAsync();
        var first = await app.PublishAsync("topic=a&data=1");
        await app.PublishAsync("topic=a&data=2");
        using var client = await SocketClient.OpenAsync(app, "?match=a&last_event_id=" + first);
        Assert.Equal("2", await client.NextDataAsync());
        await using var stream = await app.OpenAsync("?match=a&last_event_id=" + first);
        Assert.Equal("2", await stream.NextDataAsync());
        Assert.Contains("\"data\":\"2\"", await app.Client.GetStringAsync(new Uri("/fonte/poll?match=a&last_event_id=" + first, UriKind.Relative), Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gap_is_told()
    {
        await using var app = await StartAsync();
        await app.PublishAsync("topic=a&data=1");
        using var client = await SocketClient.OpenAsync(app, "?match=a&last_event_id=nope");
        var gap = await client.NextAsync();
        Assert.Equal("gap", gap!["fonte"]!.GetValue<string>());
        Assert.Equal("unknown", gap["reason"]!.GetValue<string>());
        Assert.Equal("1", await client.NextDataAsync());
    }

    [Fact]
    public async Task Large_events_come_whole()
    {
        await using var app = await StartAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=a");
        var data = string.Concat(Enumerable.Range(0, 150_000).Select(n => n.ToString(CultureInfo.InvariantCulture)));
        await app.PublishAsync("topic=a&data=" + data);
        await app.PublishAsync("topic=a&data=small");
        Assert.Equal(data, await client.NextDataAsync());
        Assert.Equal("small", await client.NextDataAsync());
    }

    [Fact]
    public async Task Publishes_and_answers_under_the_given_reference()
    {
        await using var app = await StartAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=a");
        await client.SendAsync("""{"publish":{"topic":["a","b"],"data":"é\n<script>","type":"t"},"ref":"x\"1"}""");
        var id = "";
        for (var left = 2; left > 0; left--)
        {
            var message = await client.NextAsync();
            if (message!["fonte"]?.GetValue<string>() == "position") message = await client.NextAsync();
            if (message!["fonte"] is null)
            {
                Assert.Equal("é\n<script>", message["data"]!.GetValue<string>());
                id = message["id"]!.GetValue<string>();
                continue;
            }
            Assert.Equal("published", message["fonte"]!.GetValue<string>());
            Assert.Equal("x\"1", message["ref"]!.GetValue<string>());
            id = message["id"]!.GetValue<string>();
        }
        Assert.StartsWith("urn:fonte:", id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_key_publishes_once()
    {
        await using var app = await StartAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=none");
        const string command = """{"publish":{"topic":"a","data":"x"},"key":"k","ref":1}""";
        await client.SendAsync(command);
        var first = await client.AnswerAsync();
        await client.SendAsync(command);
        Assert.Equal(first["id"]!.GetValue<string>(), (await client.AnswerAsync())["id"]!.GetValue<string>());
        using var response = await app.Client.GetAsync(new Uri("/fonte/poll?match=a&last_event_id=earliest", UriKind.Relative), Stop);
        Assert.Single(System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("events").EnumerateArray());
    }

    [Theory]
    [InlineData("hello", "command-invalid")]
    [InlineData("[1]", "command-invalid")]
    [InlineData("{}", "command-invalid")]
    [InlineData("""{"publish":1}""", "command-invalid")]
    [InlineData("""{"publish":{"topic":"a"},"subscribe":{"match":"a"}}""", "command-invalid")]
    [InlineData("""{"publish":{"topic":"a","data":"\ud800"}}""", "command-invalid")]
    [InlineData("""{"publish":{"topic":"a","data":"x"},"ref":{}}""", "command-invalid")]
    [InlineData("""{"publish":{"topic":"a","data":"x","retry":1e99}}""", "command-invalid")]
    [InlineData("""{"publish":{"data":"x"}}""", "topic-missing")]
    [InlineData("""{"publish":{"topic":"a\nb","data":"x"}}""", "topic-invalid")]
    [InlineData("""{"publish":{"topic":"a","data":"x","id":"urn:fonte:x"}}""", "id-reserved")]
    [InlineData("""{"publish":{"topic":"a","data":"x"},"key":""}""", "idempotency-key-invalid")]
    [InlineData("""{"subscribe":{}}""", "match-missing")]
    [InlineData("""{"subscribe":{"matches":"a"}}""", "match-unknown")]
    public async Task Wrong_command_is_answered_and_harms_nothing(string command, string problem)
    {
        await using var app = await StartAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=a");
        await client.SendAsync(command);
        var answer = await client.AnswerAsync();
        Assert.Equal("urn:fonte:problem:" + problem, answer["type"]!.GetValue<string>());
        await app.PublishAsync("topic=a&data=still");
        Assert.Equal("still", await client.NextDataAsync());
    }

    [Fact]
    public async Task Change_of_subscription_holds_from_its_answer_on()
    {
        await using var app = await StartAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=a");
        await app.PublishAsync("topic=b&data=too early");
        await app.PublishAsync("topic=a&data=1");
        Assert.Equal("1", await client.NextDataAsync());
        await client.SendAsync("""{"subscribe":{"match":["b"],"match_urlpattern":"/c/:id"},"ref":7}""");
        Assert.Equal(7, (await client.AnswerAsync())["ref"]!.GetValue<int>());
        foreach (var form in (string[])["topic=a&data=no more", "topic=/c/1&data=2", "topic=b&data=3"]) await app.PublishAsync(form);
        Assert.Equal("2", await client.NextDataAsync());
        Assert.Equal("3", await client.NextDataAsync());
        await client.SendAsync("""{"subscribe":{"match":"b","last_event_id":"earliest"}}""");
        Assert.Equal("too early", await client.NextDataAsync());
        Assert.Equal("3", await client.NextDataAsync());
    }

    [Fact]
    public async Task Events_that_both_subscriptions_want_come_once_while_it_changes_back_and_forth()
    {
        await using var app = await StartAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=a");
        const int events = 150;
        var publishing = Task.Run(async () =>
        {
            for (var n = 0; n < events; n++) await app.PublishAsync($"topic=a&data={n} {new string('x', n % 5 * 40_000)}");
        }, Stop);
        var changing = Task.Run(async () =>
        {
            for (var n = 0; n < 40; n++) await client.SendAsync(n % 2 == 0 ? """{"subscribe":{"match":["a","b"]}}""" : """{"subscribe":{"match":["a"]}}""");
        }, Stop);
        for (var n = 0; n < events; n++) Assert.Equal(n, int.Parse((await client.NextDataAsync()).Split(' ')[0], CultureInfo.InvariantCulture));
        await Task.WhenAll(publishing, changing);
    }

    [Fact]
    public async Task Binary_and_oversized_messages_end_it_with_a_reason()
    {
        await using var app = await StartAsync();
        using var binary = await SocketClient.OpenAsync(app, "?match=a");
        await binary.Socket.SendAsync(new byte[] { 1 }, WebSocketMessageType.Binary, endOfMessage: true, Stop);
        await AssertClosedAsync(binary, WebSocketCloseStatus.InvalidMessageType);
        using var large = await SocketClient.OpenAsync(app, "?match=a");
        // The hub may have closed before all of it is sent.
        var sending = Record.ExceptionAsync(() => large.Socket.SendAsync(new byte[10 * 1024 * 1024], WebSocketMessageType.Text, endOfMessage: true, Stop));
        await AssertClosedAsync(large, WebSocketCloseStatus.MessageTooBig);
        await sending;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Close_by_the_client_is_answered_also_while_a_large_event_is_under_way(bool busy)
    {
        await using var app = await StartAsync();
        var hub = app.Services.GetRequiredService<FonteHost>().HubIfReady!;
        using var client = await SocketClient.OpenAsync(app, "?match=a");
        if (busy) await app.PublishAsync("topic=a&data=" + new string('x', 900_000));
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Stop);
        Assert.Equal((WebSocketState.Closed, WebSocketCloseStatus.NormalClosure), (client.Socket.State, client.Socket.CloseStatus));
        while (hub.Subscribers > 0) await Task.Yield();
    }

    [Fact]
    public async Task Every_text_is_answered_in_its_order_also_an_empty_one()
    {
        await using var app = await StartAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=none");
        await client.SendAsync("");
        await client.SendAsync("""{"publish":{"topic":"a","data":5},"ref":7}""");
        await client.SendAsync("""{"publish":{"topic":"a","data":"x"},"ref":"last"}""");
        Assert.Null((await client.AnswerAsync())["ref"]);
        Assert.Equal(7, (await client.AnswerAsync())["ref"]!.GetValue<int>());
        var last = await client.AnswerAsync();
        Assert.Equal(("published", "last"), (last["fonte"]!.GetValue<string>(), last["ref"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Client_that_sends_commands_and_reads_no_answer_has_no_more_of_them_read()
    {
        await using var app = await StartAsync(options => options.WriteTimeout = TimeSpan.FromSeconds(2));
        var hub = app.Services.GetRequiredService<FonteHost>().HubIfReady!;
        using var client = await SocketClient.OpenAsync(app, "?match=none");
        var sending = Task.Run(async () =>
        {
            while (true) await client.SendAsync("{\"publish\":{\"topic\":\"a\",\"data\":\"x\"},\"ref\":\"" + new string('r', 128) + "\"}");
        }, Stop);
        await Assert.ThrowsAnyAsync<Exception>(() => sending.WaitAsync(TimeSpan.FromSeconds(60), Stop));
        while (hub.Subscribers > 0) await Task.Delay(20, Stop);
    }

    [Fact]
    public async Task Bytes_that_are_no_WebSocket_end_it_and_leave_nothing_behind()
    {
        await using var app = await StartAsync();
        var hub = app.Services.GetRequiredService<FonteHost>().HubIfReady!;
        var url = new Uri(app.Address);
        using var raw = new System.Net.Sockets.TcpClient();
        await raw.ConnectAsync(url.Host, url.Port, Stop);
        await raw.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET /fonte/socket?match=a HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), Stop);
        while (hub.Subscribers == 0) await Task.Yield();
        await raw.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(new string('!', 10_000)), Stop);
        while (hub.Subscribers > 0) await Task.Yield();
        // Unmasked frames are refused by the framework; the connection is over.
        var rest = new byte[64 * 1024];
        while (await ReadAsync(raw, rest) > 0)
        {
        }
    }

    [Fact]
    public async Task Client_that_never_reads_is_cut_after_the_write_timeout()
    {
        await using var app = await StartAsync(options => options.WriteTimeout = TimeSpan.FromSeconds(2));
        var hub = app.Services.GetRequiredService<FonteHost>().HubIfReady!;
        using var client = await SocketClient.OpenAsync(app, "?match=a");
        // More than both ends' buffers hold.
        for (var n = 0; n < 40; n++) await app.PublishAsync("topic=a&data=" + new string('x', 500_000));
        while (hub.Subscribers > 0) await Task.Delay(20, Stop);
    }

    [Fact]
    public async Task Hub_that_stops_says_so()
    {
        await using var app = await StartAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=a");
        var stopping = app.StopAsync();
        await AssertClosedAsync(client, WebSocketCloseStatus.EndpointUnavailable);
        await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
        await stopping;
    }

    [Fact]
    public async Task Connection_ends_no_later_than_its_token_and_publishing_needs_a_grant()
    {
        await using var app = await StartSecuredAsync();
        var expires = TestToken.Now() + 4;
        var token = TestToken.Granting("subscribe", "a").With("exp", expires);
        token.Details.Add(TestToken.Detail("publish", "b"));
        using var client = await SocketClient.OpenAsync(app, "?match=*", options => options.SetRequestHeader("Authorization", "Bearer " + token.Sign()));
        await client.SendAsync("""{"publish":{"topic":"a","data":"x"}}""");
        Assert.Equal(403, (await client.AnswerAsync())["status"]!.GetValue<int>());
        await client.SendAsync("""{"publish":{"topic":"b","data":"x"}}""");
        Assert.Equal("published", (await client.AnswerAsync())["fonte"]!.GetValue<string>());
        await AssertClosedAsync(client, WebSocketCloseStatus.PolicyViolation);
        Assert.True(TestToken.Now() <= expires, "The connection outlived its token.");
    }

    [Fact]
    public async Task Connection_ends_when_its_token_is_revoked()
    {
        await using var app = await StartSecuredAsync();
        var token = TestToken.Granting("subscribe", "a").With("sub", "someone else").Sign();
        using var client = await SocketClient.OpenAsync(app, "?match=*", options => options.SetRequestHeader("Authorization", "Bearer " + token));
        Assert.NotNull(await client.NextAsync());
        await app.Services.GetRequiredService<IStreamControl>().RevokeAsync(new(TestToken.Issuer, Subject: "someone else"), cancellationToken: Stop);
        await AssertClosedAsync(client, WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_published_where_one_is_needed()
    {
        await using var app = await StartSecuredAsync();
        using var client = await SocketClient.OpenAsync(app, "?match=*");
        await client.SendAsync("""{"publish":{"topic":"a","data":"x"},"ref":1}""");
        Assert.Equal(401, (await client.AnswerAsync())["status"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(null, false, false, 101)]
    [InlineData("own", false, false, 101)]
    [InlineData("https://app.example", false, false, 101)]
    [InlineData("https://evil.example", false, false, 403)]
    [InlineData("null", false, false, 403)]
    [InlineData("https://evil.example", true, false, 101)]
    [InlineData("https://evil.example", true, true, 403)]
    [InlineData("https://app.example", true, true, 101)]
    public async Task Origin_is_always_checked(string? origin, bool any, bool cookie, int expected)
    {
        await using var app = await StartAsync(options =>
        {
            options.AnySocketOrigin = any;
            options.CookieOrigins.Add("https://app.example");
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        });
        void Configure(ClientWebSocketOptions options)
        {
            if (origin is not null) options.SetRequestHeader("Origin", origin == "own" ? app.Address : origin);
            if (cookie) options.SetRequestHeader("Cookie", "__Secure-mercure_access_token=" + TestToken.Granting("subscribe", "*").With("aud", app.Address + Hub).Sign());
        }
        if (expected == 101) (await SocketClient.OpenAsync(app, "?match=a", Configure)).Dispose();
        else Assert.Equal(expected, await SocketClient.RefusalAsync(app, "?match=a", Configure));
    }

    [Fact]
    public async Task What_is_wrong_before_it_opens_is_told_by_HTTP()
    {
        await using var app = await StartAsync(options => options.AnonymousSubscribe = false);
        Assert.Equal(401, await SocketClient.RefusalAsync(app, "?match=a"));
        await using var open = await StartAsync();
        Assert.Equal(400, await SocketClient.RefusalAsync(open, ""));
        using var plain = await open.Client.GetAsync(new Uri("/fonte/socket?match=a", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.UpgradeRequired, plain.StatusCode);
        Assert.Equal("websocket", plain.Headers.Upgrade.ToString());
    }

    [Fact]
    public async Task Works_over_HTTP_2()
    {
        await using var app = await StartAsync(build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2)));
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        using var client = await SocketClient.OpenAsync(app, "?match=a", options => (options.HttpVersion, options.HttpVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact), invoker);
        await client.SendAsync("""{"publish":{"topic":"a","data":"two"}}""");
        Assert.Equal("two", await client.NextDataAsync());
    }

    private static Task<HubApplication> StartSecuredAsync() => StartAsync(options =>
    {
        options.AnonymousPublish = false;
        options.Resource = TestToken.Resource;
        options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
    });

    private static async Task AssertClosedAsync(SocketClient client, WebSocketCloseStatus expected)
    {
        while (await client.NextAsync() is not null)
        {
        }
        Assert.Equal(expected, client.Socket.CloseStatus);
        Assert.NotEmpty(client.Socket.CloseStatusDescription!);
    }

    private static async Task<int> ReadAsync(System.Net.Sockets.TcpClient raw, byte[] buffer)
    {
        try
        {
            return await raw.GetStream().ReadAsync(buffer, Stop);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
