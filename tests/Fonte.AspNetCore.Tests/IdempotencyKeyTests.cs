using System.Net;
using System.Text;
using Xunit;

namespace Fonte.AspNetCore.Tests;

/// <summary>The header field <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyKeyTests
{
    private const string Form = "application/x-www-form-urlencoded";

    [Fact]
    public async Task Repeated_publish_is_answered_with_the_earlier_id_and_published_once()
    {
        await using var app = await HubApplication.StartAsync();
        using var first = await SendAsync(app, "topic=a&data=1", "\"abc\"");
        // With or without quotation marks it is the same key.
        using var again = await SendAsync(app, "topic=a&data=1", "abc");
        var id = await first.Content.ReadAsStringAsync(HubApplication.Stop);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.EndsWith(":1", id, StringComparison.Ordinal);
        Assert.Equal(id, await again.Content.ReadAsStringAsync(HubApplication.Stop));
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.EndsWith(":2", await app.PublishAsync("topic=a&data=2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_batch_is_answered_with_the_earlier_ids()
    {
        const string Batch = """[{"specversion":"1.0","id":"1","source":"/s","type":"t"},{"specversion":"1.0","id":"2","source":"/s","type":"t"}]""";
        await using var app = await HubApplication.StartAsync();
        for (var n = 0; n < 2; n++)
        {
            using var response = await app.PostAsync("application/cloudevents-batch+json", Encoding.UTF8.GetBytes(Batch), ("Idempotency-Key", "\"k\""));
            Assert.Equal("[\"1\",\"2\"]", await response.Content.ReadAsStringAsync(HubApplication.Stop));
            Assert.Equal(n == 1, response.Headers.Contains("Idempotent-Replayed"));
        }
        Assert.EndsWith(":3", await app.PublishAsync("topic=a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Same_key_with_another_event_is_refused()
    {
        await using var app = await HubApplication.StartAsync();
        using var first = await SendAsync(app, "topic=a&data=1", "\"abc\"");
        using var other = await SendAsync(app, "topic=a&data=2", "\"abc\"");
        await PublishTests.AssertProblemAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.EndsWith(":2", await app.PublishAsync("topic=a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("\"")]
    [InlineData("\"abc")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"a\\b\"")]
    [InlineData("\"a\\\"")]
    [InlineData("\"a\";p=1")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("a\tb")]
    [InlineData("\"a\tb\"")]
    [InlineData("é")]
    public async Task Wrong_key_is_refused(string key)
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await SendAsync(app, "topic=a", key);
        await PublishTests.AssertProblemAsync(response, HttpStatusCode.BadRequest, "idempotency-key-invalid");
    }

    [Fact]
    public async Task Two_keys_are_refused()
    {
        await using var app = await HubApplication.StartAsync();
        var answer = await app.ExchangeAsync($"Content-Type: {Form}\r\nIdempotency-Key: a\r\nIdempotency-Key: a\r\n", "topic=a");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("urn:fonte:problem:idempotency-key-invalid", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public async Task Key_has_at_most_255_characters_once_it_is_unquoted(int length, bool accepted)
    {
        await using var app = await HubApplication.StartAsync();
        foreach (var key in (string[])[new('x', length), $"\"{new string('x', length)}\"", $"\"{string.Concat(Enumerable.Repeat("\\\"", length))}\""])
        {
            using var response = await SendAsync(app, "topic=a", key);
            if (accepted) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            else await PublishTests.AssertProblemAsync(response, HttpStatusCode.BadRequest, "idempotency-key-invalid");
        }
    }

    [Fact]
    public async Task Quoted_key_may_hold_what_a_bare_one_may_not()
    {
        await using var app = await HubApplication.StartAsync();
        using var first = await SendAsync(app, "topic=a", "\"a, b; \\\"\\\\\"");
        using var again = await SendAsync(app, "topic=a", "\"a, b; \\\"\\\\\"");
        using var other = await SendAsync(app, "topic=a", "\"a, b; \\\"\"");
        Assert.Equal([false, true, false], ((HttpResponseMessage[])[first, again, other]).Select(response => response.Headers.Contains("Idempotent-Replayed")));
    }

    private static Task<HttpResponseMessage> SendAsync(HubApplication app, string form, string key) =>
        app.PostAsync(Form, Encoding.ASCII.GetBytes(form), ("Idempotency-Key", key));
}
