using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Fonte.AspNetCore.Tests;

public class EventStreamTests
{
    private static CancellationToken Stop => HubApplication.Stop;

    private protected virtual Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null) =>
        HubApplication.StartAsync(configure, build, map);

    [Fact]
    public async Task Stream_starts_at_once_with_its_fields_retry_and_position()
    {
        await using var app = await StartAsync();
        await using var stream = await app.OpenAsync("?match=a");
        var headers = stream.Response.Headers;
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store", headers.CacheControl!.ToString());
        Assert.Equal("no", headers.GetValues("X-Accel-Buffering").Single());
        Assert.Null(stream.Preceding);
        Assert.Matches("^retry: [0-9]+\n\nid: urn:fonte:[a-z2-7]{12}:0\n\n$", await stream.ReadUntilAsync(":0\n\n"));
    }

    [Fact]
    public async Task Event_of_the_lecture_has_the_block_of_the_lecture()
    {
        await using var app = await StartAsync();
        await using var stream = await app.OpenAsync("?match=a");
        await stream.ReadUntilAsync(":0\n\n");
        await app.PublishAsync("topic=a&id=1&type=update&data=" + Uri.EscapeDataString("{\"valor\": 100}") + "&retry=5000");
        Assert.Equal("id: 1\nevent: update\ndata: {\"valor\": 100}\nretry: 5000\n\n", await stream.ReadUntilAsync("\n\n"));
    }

    [Fact]
    public async Task Data_of_a_mebibyte_with_every_line_end_comes_back_equal()
    {
        await using var app = await StartAsync(options => options.MaxBodyBytes = 8 * 1024 * 1024);
        await using var stream = await app.OpenAsync("?match=a");
        var text = new StringBuilder();
        for (var n = 0; text.Length < 1024 * 1024; n++) text.Append(n).Append("\r\n\0\uFEFF😀\rx\ny");
        await app.PublishAsync("topic=a&data=" + WebUtility.UrlEncode(text.ToString()));
        Assert.Equal(text.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'), await stream.NextDataAsync());
    }

    [Fact]
    public async Task Cursor_of_the_field_wins_over_the_parameter()
    {
        await using var app = await StartAsync();
        var first = await app.PublishAsync("topic=a&data=1");
        var second = await app.PublishAsync("topic=a&data=2");
        await app.PublishAsync("topic=a&data=3");
        await using var stream = await app.OpenAsync($"?match=a&last_event_id={first}", lastEventId: second);
        Assert.Equal(second, stream.Preceding);
        Assert.Equal("3", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Empty_cursor_counts_as_absent()
    {
        await using var app = await StartAsync();
        var first = await app.PublishAsync("topic=a&data=1");
        await app.PublishAsync("topic=a&data=2");
        await using (var live = await app.OpenAsync("?match=a&last_event_id=")) Assert.Null(live.Preceding);
        await using var stream = await app.OpenAsync($"?match=a&last_event_id={first}", lastEventId: "");
        Assert.Equal(first, stream.Preceding);
    }

    [Fact]
    public async Task Unknown_cursor_is_told_in_the_field_and_in_band()
    {
        await using var app = await StartAsync();
        await app.PublishAsync("topic=a&data=1");
        await using (var stream = await app.OpenAsync("?match=a&last_event_id=nope"))
        {
            Assert.Equal("earliest", stream.Preceding);
            Assert.Equal("fonte-gap", (await stream.NextAsync()).EventType);
            Assert.Equal("1", await stream.NextDataAsync());
        }
        await using var untold = await app.OpenAsync("?match=a&last_event_id=nope&gap=0");
        Assert.Equal("1", await untold.NextDataAsync());
    }

    [Fact]
    public async Task Private_event_is_stored_and_delivered_to_nobody()
    {
        await using var app = await StartAsync();
        await using var live = await app.OpenAsync("?match=a");
        await app.PublishAsync("topic=a&data=secret&private=");
        await app.PublishAsync("topic=a&data=public");
        Assert.Equal("public", await live.NextDataAsync());
        await using var replayed = await app.OpenAsync("?match=*&last_event_id=earliest");
        Assert.Equal("public", await replayed.NextDataAsync());
    }

    [Theory]
    [InlineData("", "match-missing")]
    [InlineData("?last_event_id=earliest", "match-missing")]
    [InlineData("?matchs=a", "match-unknown")]
    [InlineData("?Match=a", "match-unknown")]
    [InlineData("?match=a&match_foo=b", "match-unknown")]
    [InlineData("?match_uritemplate=/a", "match-unknown")]
    [InlineData("?match_URLPattern=/a", "match-unknown")]
    [InlineData("?match_urlpattern=/%7B", "match-invalid")]
    [InlineData("?match_urlpattern=", "match-invalid")]
    [InlineData("?match=", "match-invalid")]
    [InlineData("?match", "match-invalid")]
    [InlineData("?match=a%0Ab", "match-invalid")]
    [InlineData("?match=%E2%80%8B", "match-invalid")]
    [InlineData("?match=%FF", "invalid-utf8")]
    [InlineData("?match=a&last_event_id=%FF", "invalid-utf8")]
    public async Task Bad_query_is_refused_with_a_sentence(string query, string problem)
    {
        await using var app = await StartAsync();
        await using var stream = await app.OpenAsync(query);
        await PublishTests.AssertProblemAsync(stream.Response, HttpStatusCode.BadRequest, problem);
    }

    [Fact]
    public async Task Limits_of_matchers_hold()
    {
        await using var app = await StartAsync();
        await using (var many = await app.OpenAsync("?" + string.Join('&', Enumerable.Range(0, 101).Select(n => $"match={n}"))))
            await PublishTests.AssertProblemAsync(many.Response, HttpStatusCode.BadRequest, "too-many-matchers");
        await using (var hundred = await app.OpenAsync("?" + string.Join('&', Enumerable.Range(0, 100).Select(n => $"match_exact={n}"))))
            Assert.Equal(HttpStatusCode.OK, hundred.Response.StatusCode);
        // In a body, since a request line of them is longer than the server takes.
        await using (var thousands = await QueryAsync(app, "", string.Join('&', Enumerable.Range(0, 10_000).Select(n => $"match_urlpattern=/{n}/:id"))))
            await PublishTests.AssertProblemAsync(thousands.Response, HttpStatusCode.BadRequest, "too-many-matchers");
        await using var longOne = await app.OpenAsync("?match=" + new string('x', 2049));
        await PublishTests.AssertProblemAsync(longOne.Response, HttpStatusCode.BadRequest, "match-too-long");
    }

    [Fact]
    public async Task Without_anonymous_subscribe_the_answer_is_a_challenge()
    {
        await using var app = await StartAsync(options => options.AnonymousSubscribe = false);
        await using var stream = await app.OpenAsync("?match=a");
        await PublishTests.AssertProblemAsync(stream.Response, HttpStatusCode.Unauthorized, "token-missing");
    }

    [Fact]
    public async Task Envelope_holds_data_and_topics_live_and_on_replay()
    {
        await using var app = await StartAsync();
        await using var live = await app.OpenAsync("?match=b&envelope=1");
        await live.ReadUntilAsync(":0\n\n");
        var id = await app.PublishAsync("topic=a&topic=b&type=t&data=%0Aone+%22two%22%0D%0A%C3%A9%0A");
        await app.PublishAsync("topic=b&data=" + new string('x', 100_000));
        await using var replayed = await app.OpenAsync("?match=b&envelope=1&last_event_id=earliest");
        foreach (var stream in (EventStreamReader[])[live, replayed])
        {
            var received = await stream.NextAsync();
            Assert.Equal((id, "t"), (received.EventId, received.EventType));
            Assert.Equal("""{"topics":["a","b"],"data":"\none \"two\"\né\n"}""", received.Data);
            Assert.Equal(100_000, System.Text.Json.JsonDocument.Parse((await stream.NextAsync()).Data).RootElement.GetProperty("data").GetString()!.Length);
        }
        await using var plain = await app.OpenAsync("?match=b&envelope=0&last_event_id=earliest");
        Assert.Equal("\none \"two\"\né\n", await plain.NextDataAsync());
    }

    [Theory]
    [InlineData("?match=a", "match=b&match_urlpattern=%2Fx%2F%3Aid")]
    [InlineData("", "match=a&match=b&match_urlpattern=/x/:id")]
    [InlineData("?match=a&match=b&match_urlpattern=/x/:id", "")]
    public async Task Query_method_takes_the_union_of_url_and_body(string query, string body)
    {
        await using var app = await StartAsync();
        await using var stream = await QueryAsync(app, query, body);
        foreach (var topic in (string[])["a", "b", "/x/1", "c"]) await app.PublishAsync($"topic={topic}&data={topic}");
        foreach (var topic in (string[])["a", "b", "/x/1"]) Assert.Equal(topic, await stream.NextDataAsync());
    }

    [Fact]
    public async Task Query_method_prefers_the_cursor_of_the_url()
    {
        await using var app = await StartAsync();
        var first = await app.PublishAsync("topic=a&data=1");
        var second = await app.PublishAsync("topic=a&data=2");
        await app.PublishAsync("topic=a&data=3");
        await using var stream = await QueryAsync(app, $"?last_event_id={second}", $"match=a&last_event_id={first}");
        Assert.Equal(second, stream.Preceding);
        Assert.Equal("3", await stream.NextDataAsync());
    }

    [Theory]
    [InlineData("?match=a", "matcher=b", HttpStatusCode.BadRequest)]
    [InlineData("", "", HttpStatusCode.BadRequest)]
    [InlineData("?match=a", "match=%FF", HttpStatusCode.BadRequest)]
    public async Task Query_method_with_a_wrong_body_is_refused(string query, string body, HttpStatusCode expected)
    {
        await using var app = await StartAsync();
        await using var stream = await QueryAsync(app, query, body);
        Assert.Equal(expected, stream.Response.StatusCode);
    }

    private static async Task<EventStreamReader> QueryAsync(HubApplication app, string query, string body)
    {
        var request = new HttpRequestMessage(new HttpMethod("QUERY"), HubApplication.Hub + query) { Content = new StringContent(body, null, "application/x-www-form-urlencoded") };
        var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        return new(response, await response.Content.ReadAsStreamAsync(Stop));
    }

    [Fact]
    public async Task Full_hub_answers_200_with_retry_and_the_end()
    {
        await using var app = await StartAsync(options => options.MaxSubscribers = 1);
        await using var first = await app.OpenAsync("?match=a");
        await using var second = await app.OpenAsync("?match=a");
        Assert.Equal(HttpStatusCode.OK, second.Response.StatusCode);
        Assert.Matches("^retry: [0-9]+\n\n$", await second.ReadToEndAsync());
    }

    [Fact]
    public async Task Stopping_the_application_ends_streams_cleanly_and_at_once()
    {
        await using var app = await StartAsync();
        await using var stream = await app.OpenAsync("?match=a");
        await stream.ReadUntilAsync(":0\n\n");
        var stopping = app.StopAsync();
        Assert.Equal("", await stream.ReadToEndAsync());
        await stopping;
    }

    [Fact]
    public async Task Response_compression_leaves_the_stream_alone()
    {
        await using var app = await StartAsync(
            build: builder => builder.Services.AddResponseCompression(options => options.MimeTypes = ["text/event-stream"]),
            map: web => web.UseResponseCompression());
        app.Client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        await using var stream = await app.OpenAsync("?match=a");
        Assert.DoesNotContain("gzip", stream.Response.Content.Headers.ContentEncoding);
        Assert.StartsWith("retry: ", await stream.ReadUntilAsync("\n\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_1_0_client_is_served()
    {
        await using var app = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(app.Address).Port, Stop);
        await using var connection = client.GetStream();
        await connection.WriteAsync("GET /.well-known/mercure?match=a HTTP/1.0\r\n\r\n"u8.ToArray(), Stop);
        using var reader = new StreamReader(connection);
        var lines = new List<string?>();
        while (lines.Count == 0 || lines[^1]?.StartsWith("id: ", StringComparison.Ordinal) == false) lines.Add(await reader.ReadLineAsync(Stop));
        Assert.StartsWith("HTTP/1.1 200", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line!.Contains("chunked", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Next_response_on_the_connection_is_not_written_into()
    {
        await using var app = await StartAsync();
        for (var round = 0; round < 20; round++)
        {
            await using (var stream = await app.OpenAsync("?match=a")) await stream.ReadUntilAsync("\n\n");
            Assert.StartsWith("urn:fonte:", await app.PublishAsync("topic=a"), StringComparison.Ordinal);
            Assert.Equal("Healthy", await app.Client.GetStringAsync(new Uri("/readyz", UriKind.Relative), Stop));
        }
    }
}
