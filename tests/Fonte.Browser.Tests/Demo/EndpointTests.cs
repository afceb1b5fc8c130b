using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Fonte.Browser.Tests.Demo;

public sealed partial class EndpointTests(SharedDemo demo)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_sends_the_date_and_time_once_a_second_and_any_origin_may_read_it()
    {
        using var response = await GetAsync("/data", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());

        var lines = await ReadDataAsync(response, 3);

        Assert.All(lines, line => Assert.Matches(@"^\d\d/\d\d/\d{4} \d\d:\d\d:\d\d$", line));
        var times = lines.Select(line => DateTime.ParseExact(line, "dd/MM/yyyy HH:mm:ss", CultureInfo.InvariantCulture)).ToList();
        Assert.Equal([times[0], times[0].AddSeconds(1), times[0].AddSeconds(2)], times);
    }

    [Theory]
    [InlineData("/eventos", "contador mensagem horario")]
    [InlineData("/eventos/temperatura", "contador temperatura horario")]
    [InlineData("/eventos/sensores", "temperatura umidade pressao horario")]
    public async Task Lab_stream_sends_its_fields_in_order_and_any_origin_may_read_it(string path, string fields)
    {
        using var response = await GetAsync(path + "?intervalo=0.5", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());

        var lines = await ReadDataAsync(response, 2);

        foreach (var line in lines)
        {
            using var json = JsonDocument.Parse(line);
            Assert.Equal(fields, string.Join(' ', json.RootElement.EnumerateObject().Select(property => property.Name)));
            Assert.Matches(@"^\d\d:\d\d:\d\d$", json.RootElement.GetProperty("horario").GetString());
            if (json.RootElement.TryGetProperty("temperatura", out var temperature)) Assert.InRange(temperature.GetDecimal(), 20, 40);
            if (json.RootElement.TryGetProperty("mensagem", out _)) Assert.Contains("número", line, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0.49")]
    [InlineData("3600.1")]
    [InlineData("-2")]
    [InlineData("2,5")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("dois")]
    [InlineData("1&intervalo=2")]
    public async Task Lab_interval_that_is_not_one_number_in_range_is_a_400_that_says_what_to_change(string interval)
    {
        using var response = await GetAsync("/eventos?intervalo=" + interval);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("número de segundos entre 0.5 e 3600", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_that_has_not_changed_is_a_304_and_pages_allow_nothing_but_their_own_origin()
    {
        using var first = await GetAsync("/lab/");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.StartsWith("default-src 'none';", first.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", first.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(first.Headers.ETag!.IsWeak);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/lab/");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag);
        using var second = await demo.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Page_without_its_slash_is_redirected_with_its_query()
    {
        using var response = await GetAsync("/lab?lang=pt");

        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.Equal("/lab/?lang=pt", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Hub_in_development_mode_may_be_read_and_published_to_from_any_origin_without_credentials()
    {
        using var subscribe = new HttpRequestMessage(HttpMethod.Get, "/.well-known/mercure?match=clock") { Headers = { { "Origin", "null" } } };
        using var stream = await demo.Http.SendAsync(subscribe, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("*", stream.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("Link,Mercure-Last-Event-ID", stream.Headers.GetValues("Access-Control-Expose-Headers").Single());
        Assert.False(stream.Headers.Contains("Access-Control-Allow-Credentials"));

        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/.well-known/mercure")
        {
            Headers =
            {
                { "Origin", "https://elsewhere.test" },
                { "Access-Control-Request-Method", "POST" },
                { "Access-Control-Request-Headers", "content-type" },
            },
        };
        using var permission = await demo.Http.SendAsync(preflight, Cancellation);
        Assert.Equal("*", permission.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("content-type", permission.Headers.GetValues("Access-Control-Allow-Headers").Single());
    }

    private Task<HttpResponseMessage> GetAsync(string path, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead) =>
        demo.Http.GetAsync(new Uri(path, UriKind.Relative), completion, Cancellation);

    private static async Task<List<string>> ReadDataAsync(HttpResponseMessage response, int count)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        var data = new List<string>();
        while (data.Count < count)
        {
            var line = await reader.ReadLineAsync(Cancellation) ?? throw new EndOfStreamException();
            Assert.DoesNotMatch(EventLine(), line);
            if (line.StartsWith("data: ", StringComparison.Ordinal)) data.Add(line["data: ".Length..]);
        }

        return data;
    }

    [GeneratedRegex("^event:")]
    private static partial Regex EventLine();
}
