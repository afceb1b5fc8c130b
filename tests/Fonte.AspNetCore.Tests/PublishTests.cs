using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Fonte.AspNetCore.Tests;

public sealed class PublishTests
{
    private static CancellationToken Stop => HubApplication.Stop;

    [Fact]
    public async Task Published_event_is_answered_with_its_id_as_plain_text()
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync("topic=a&data=hi");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Matches("^urn:fonte:[a-z2-7]{12}:1$", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Publishers_own_id_is_answered_also_when_it_is_not_ascii()
    {
        await using var app = await HubApplication.StartAsync();
        Assert.Equal("é-1", await app.PublishAsync("topic=a&id=%C3%A9-1"));
        await using var stream = await app.OpenAsync("?match=a&last_event_id=%C3%A9-1");
        Assert.Equal(HttpStatusCode.OK, stream.Response.StatusCode);
        Assert.Equal("é-1", stream.Preceding);
    }

    [Theory]
    [InlineData("data=hi", "topic-missing")]
    [InlineData("", "topic-missing")]
    [InlineData("topic=", "topic-invalid")]
    [InlineData("topic", "topic-invalid")]
    [InlineData("topic=*", "topic-reserved")]
    [InlineData("topic=a&topic=*", "topic-reserved")]
    [InlineData("topic=a%0Ab", "topic-invalid")]
    [InlineData("topic=a%00", "topic-invalid")]
    [InlineData("topic=%E2%80%AE", "topic-invalid")]
    [InlineData("topic=%C2%85", "topic-invalid")]
    [InlineData("topic=a&id=x%0Ddata:%20y", "id-invalid")]
    [InlineData("topic=a&id=%EF%BB%BF", "id-invalid")]
    [InlineData("topic=a&id=earliest", "id-reserved")]
    [InlineData("topic=a&id=%23abc", "id-reserved")]
    [InlineData("topic=a&id=urn:fonte:abcdefghijkl:1", "id-reserved")]
    [InlineData("topic=a&type=x%0Ay", "type-invalid")]
    [InlineData("topic=a&type=mercure", "type-reserved")]
    [InlineData("topic=a&type=fonte-gap", "type-reserved")]
    [InlineData("topic=a&retry=5s", "retry-invalid")]
    [InlineData("topic=a&retry=5%00", "retry-invalid")]
    [InlineData("topic=a&retry=+5", "retry-invalid")]
    [InlineData("topic=a&retry=-1", "retry-invalid")]
    [InlineData("topic=a&retry=", "retry-invalid")]
    [InlineData("topic=a&retry=%D9%A3", "retry-invalid")]
    [InlineData("topic=a&retry=99999999999", "retry-invalid")]
    [InlineData("topic=%FF", "invalid-utf8")]
    [InlineData("topic=a&data=%C3%28", "invalid-utf8")]
    [InlineData("topic=a&id=%ED%A0%80", "invalid-utf8")]
    [InlineData("topic=a&data=1&data=2", "field-repeated")]
    [InlineData("topic=a&id=1&id=2", "field-repeated")]
    public async Task Bad_form_is_refused_with_a_sentence_and_nothing_is_appended(string form, string problem)
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync(form);
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, problem);
        Assert.EndsWith(":1", await app.PublishAsync("topic=a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_bytes_that_are_not_utf8_are_refused_not_replaced()
    {
        await using var app = await HubApplication.StartAsync();
        var content = new ByteArrayContent([.. "topic=a&data="u8, 0xFF]);
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        using var response = await app.Client.PostAsync(new Uri(HubApplication.Hub, UriKind.Relative), content, Stop);
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "invalid-utf8");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/x-www-form-urlencoded; charset=iso-8859-1")]
    [InlineData(null)]
    public async Task Wrong_content_type_is_refused(string? contentType)
    {
        await using var app = await HubApplication.StartAsync();
        var content = new ByteArrayContent("topic=a"u8.ToArray());
        if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await app.Client.PostAsync(new Uri(HubApplication.Hub, UriKind.Relative), content, Stop);
        await AssertProblemAsync(response, HttpStatusCode.UnsupportedMediaType, "content-type");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_over_the_limit_is_refused_with_and_without_a_length(bool chunked)
    {
        await using var app = await HubApplication.StartAsync();
        var atLimit = "topic=a&data=" + new string('x', 1024 * 1024 - 13);
        using (var accepted = await SendAsync(atLimit)) Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        using var refused = await SendAsync(atLimit + "x");
        await AssertProblemAsync(refused, HttpStatusCode.RequestEntityTooLarge, "too-large");

        Task<HttpResponseMessage> SendAsync(string form)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, HubApplication.Hub);
            request.Headers.TransferEncodingChunked = chunked;
            request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(form));
            request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
            return app.Client.SendAsync(request, Stop);
        }
    }

    [Fact]
    public async Task More_topics_than_the_limit_are_refused()
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync(string.Join('&', Enumerable.Range(0, 101).Select(n => $"topic={n}")));
        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-many-topics");
    }

    [Fact]
    public async Task Very_many_topics_are_refused_without_comparing_them_all()
    {
        await using var app = await HubApplication.StartAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using var response = await app.PostAsync(string.Join('&', Enumerable.Range(0, 80_000).Select(n => $"topic={n}")));
        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too-many-topics");
        // It was seven seconds when each was compared with all before it; a second leaves room for a busy machine.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public async Task Unknown_fields_are_ignored()
    {
        await using var app = await HubApplication.StartAsync();
        await app.PublishAsync("topic=a&future=1&data=x&%FF=%FF");
    }

    [Fact]
    public async Task Without_anonymous_publish_the_answer_is_a_challenge_without_an_error_code()
    {
        await using var app = await HubApplication.StartAsync(options => options.AnonymousPublish = false);
        using var response = await app.PostAsync("topic=a");
        await AssertProblemAsync(response, HttpStatusCode.Unauthorized, "token-missing");
        Assert.Equal($"Bearer resource_metadata=\"{app.Address}/.well-known/oauth-protected-resource/.well-known/mercure\"", response.Headers.WwwAuthenticate.Single().ToString());
    }

    [Theory]
    [InlineData(AppendOutcome.Overloaded, "not-appended")]
    [InlineData(AppendOutcome.Unavailable, "not-appended")]
    [InlineData(AppendOutcome.OutcomeUnknown, "outcome-unknown")]
    public async Task Log_that_does_not_take_the_event_is_503_that_says_which_and_when_to_try_again(AppendOutcome outcome, string problem)
    {
        await using var app = await HubApplication.StartAsync(useLog: new RefusingLog { Outcome = outcome });
        using var response = await app.PostAsync("topic=a");
        await AssertProblemAsync(response, HttpStatusCode.ServiceUnavailable, problem);
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
    }

    [Fact]
    public async Task Readiness_follows_the_log_and_liveness_does_not()
    {
        var log = new RefusingLog();
        await using var app = await HubApplication.StartAsync(useLog: log);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync("/readyz"), await StatusAsync("/healthz")));
        log.Fault = "The log cannot be written.";
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (await StatusAsync("/readyz"), await StatusAsync("/healthz")));

        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var response = await app.Client.GetAsync(new Uri(path, UriKind.Relative), Stop);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Cursor_that_cannot_be_looked_up_ends_the_stream_with_retry_and_shows_in_readiness()
    {
        await using var app = await HubApplication.StartAsync(useLog: new RefusingLog { Unreadable = true });
        await using var stream = await app.OpenAsync("?match=a&last_event_id=x");
        Assert.Equal(HttpStatusCode.OK, stream.Response.StatusCode);
        Assert.Matches("^retry: [0-9]+\n\n$", await stream.ReadToEndAsync());
        using var ready = await app.Client.GetAsync(new Uri("/readyz", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    [Fact]
    public async Task Publishing_from_code_and_over_http_share_one_log()
    {
        await using var app = await HubApplication.StartAsync();
        var publisher = (IEventPublisher)app.Services.GetService(typeof(IEventPublisher))!;
        Assert.EndsWith(":1", (await publisher.PublishAsync("a", "from code", Stop)).Id, StringComparison.Ordinal);
        Assert.EndsWith(":2", await app.PublishAsync("topic=a&data=from+http"), StringComparison.Ordinal);
        await using var stream = await app.OpenAsync("?match=a&last_event_id=earliest");
        Assert.Equal(["from code", "from http"], [await stream.NextDataAsync(), await stream.NextDataAsync()]);
    }

    internal static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string name)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(Stop), cancellationToken: Stop);
        Assert.Equal($"urn:fonte:problem:{name}", document.RootElement.GetProperty("type").GetString());
        Assert.Equal((int)status, document.RootElement.GetProperty("status").GetInt32());
        Assert.EndsWith(".", document.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
