using System.Net;
using System.Text;
using System.Text.Json;
using Fonte.Samples.Echo;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

/// <summary>The echo over HTTP.</summary>
public sealed class EchoTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_come_back_in_their_order_on_the_stream_of_their_session_and_nowhere_else()
    {
        await using var host = await StartAsync();
        var one = await BeginAsync(host);
        var other = await BeginAsync(host);
        await PostAsync(host, one, "first");
        await PostAsync(host, other, "of another");
        await PostAsync(host, one, "second");
        await host.PublishAsync("marker", "end");

        Assert.Equal(["first", "second"], await ReadAsync(host, "/echo/stream", one, 2));
        Assert.Equal(["of another"], await ReadAsync(host, "/echo/stream", other, 1));
        Assert.Equal(["end"], await ReadAsync(host, "/.well-known/mercure?match=*&last_event_id=earliest", one, 1));
    }

    [Fact]
    public async Task Session_is_kept_is_no_scripts_to_read_and_no_other_sites_to_use()
    {
        await using var host = await StartAsync();
        using var begun = await SendAsync(host, HttpMethod.Post, "/echo/session", cookie: null);
        Assert.Matches("^echo_session=[0-9a-f]{32}; path=/echo/; samesite=strict; httponly$", begun.Headers.GetValues("Set-Cookie").Single());

        using var again = await SendAsync(host, HttpMethod.Post, "/echo/session", begun.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        Assert.False(again.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("echo_session=")]
    [InlineData("echo_session=0123456789abcdef0123456789abcdeF")]
    [InlineData("echo_session=0123456789abcdef0123456789abcdef0")]
    public async Task Without_a_session_there_is_no_stream_and_no_post(string? cookie)
    {
        await using var host = await StartAsync();
        using var stream = await SendAsync(host, HttpMethod.Get, "/echo/stream", cookie);
        using var post = await SendAsync(host, HttpMethod.Post, "/echo/", cookie, "text"u8.ToArray());
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (stream.StatusCode, post.StatusCode));
    }

    [Theory]
    [InlineData(0, HttpStatusCode.BadRequest, "Write something first.")]
    [InlineData(EchoText.MostBytes, HttpStatusCode.NoContent, "")]
    [InlineData(EchoText.MostBytes + 1, HttpStatusCode.RequestEntityTooLarge, "A text has at most 65536 bytes.")]
    [InlineData(1024 * 1024, HttpStatusCode.RequestEntityTooLarge, "A text has at most 65536 bytes.")]
    public async Task Text_of_a_length_that_cannot_be_is_refused_in_a_sentence(int length, HttpStatusCode status, string sentence)
    {
        await using var host = await StartAsync();
        using var response = await SendAsync(host, HttpMethod.Post, "/echo/", await BeginAsync(host), Encoding.ASCII.GetBytes(new string('x', length)));
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(sentence, await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_and_a_key_that_is_too_long_are_refused()
    {
        await using var host = await StartAsync();
        var session = await BeginAsync(host);
        using var invalid = await SendAsync(host, HttpMethod.Post, "/echo/", session, [0x61, 0xC3, 0x28]);
        using var key = await SendAsync(host, HttpMethod.Post, "/echo/", session, "text"u8.ToArray(), key: new string('k', 65));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (invalid.StatusCode, key.StatusCode));
    }

    [Theory]
    [InlineData("/echo/")]
    [InlineData("/echo/session")]
    public async Task Pages_of_others_neither_begin_a_session_nor_post(string path)
    {
        await using var host = await StartAsync();
        foreach (var origin in (string[])["", "null", "https://evil.example"])
        {
            using var response = await SendAsync(host, HttpMethod.Post, path, await BeginAsync(host), "text"u8.ToArray(), origin: origin);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Fact]
    public async Task Text_that_is_sent_again_under_its_key_comes_back_once_and_another_under_it_is_refused()
    {
        await using var host = await StartAsync();
        var session = await BeginAsync(host);
        for (var n = 0; n < 2; n++)
        {
            using var response = await SendAsync(host, HttpMethod.Post, "/echo/", session, "once"u8.ToArray(), key: "k");
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }
        using var other = await SendAsync(host, HttpMethod.Post, "/echo/", session, "other"u8.ToArray(), key: "k");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        // The key is the session's own.
        var stranger = await BeginAsync(host);
        using var strangers = await SendAsync(host, HttpMethod.Post, "/echo/", stranger, "strange"u8.ToArray(), key: "k");
        Assert.Equal(HttpStatusCode.NoContent, strangers.StatusCode);
        await PostAsync(host, session, "last");
        Assert.Equal(["once", "last"], await ReadAsync(host, "/echo/stream", session, 2));
    }

    private static Task<SampleHost> StartAsync() => SampleHost.StartAsync(add: null, app => app.MapEcho());

    private static async Task<string> BeginAsync(SampleHost host)
    {
        using var response = await SendAsync(host, HttpMethod.Post, "/echo/session", cookie: null);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static async Task PostAsync(SampleHost host, string session, string text)
    {
        using var response = await SendAsync(host, HttpMethod.Post, "/echo/", session, Encoding.UTF8.GetBytes(text));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(SampleHost host, HttpMethod method, string path, string? cookie, byte[]? body = null, string key = "", string? origin = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        if (key.Length > 0) request.Headers.Add("Idempotency-Key", key);
        if (origin is not "") request.Headers.Add("Origin", origin ?? host.Address.GetLeftPart(UriPartial.Authority));
        return await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    private static async Task<List<string>> ReadAsync(SampleHost host, string path, string cookie, int count)
    {
        using var response = await SendAsync(host, HttpMethod.Get, path, cookie);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        var texts = new List<string>();
        while (texts.Count < count)
        {
            var line = await reader.ReadLineAsync(Cancellation) ?? throw new EndOfStreamException();
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            var data = line["data: ".Length..];
            texts.Add(data.StartsWith('{') ? Of(JsonDocument.Parse(data).RootElement) : data);
        }

        return texts;

        static string Of(JsonElement echo) => echo.GetProperty("text").GetString()!;
    }
}
