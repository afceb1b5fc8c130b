using System.Net;
using System.Text;
using CsCheck;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

public sealed class PublishTests
{
    private static readonly OutgoingEvent Simple = new() { Topics = ["a"], Data = "hi" };

    [Fact]
    public async Task Publish_EveryField_GoesAsAForm()
    {
        var hub = Accepting("urn:fonte:e:1");

        var id = await PublishAsync(hub, new OutgoingEvent
        {
            Topics = ["https://example.com/a b", "b"],
            Data = "{\"valor\": 100}\r\né & + %",
            Id = "1",
            Type = "update",
            ReconnectionTime = TimeSpan.FromSeconds(5),
            Private = true,
        });

        Assert.Equal("urn:fonte:e:1", id);
        var asked = Assert.Single(hub.Requests);
        Assert.Equal(HttpMethod.Post, asked.Method);
        Assert.Equal(FakeHub.Url, asked.Url);
        Assert.Equal("application/x-www-form-urlencoded", asked.ContentType);
        Assert.Equal(
            [
                ("topic", "https://example.com/a b"), ("topic", "b"), ("data", "{\"valor\": 100}\r\né & + %"),
                ("id", "1"), ("type", "update"), ("retry", "5000"), ("private", "on"),
            ],
            asked.Form);
    }

    [Fact]
    public async Task Publish_OnlyATopic_SendsEmptyDataAndNothingElse()
    {
        var hub = Accepting("x");

        await PublishAsync(hub, new OutgoingEvent { Topics = ["a"] });

        Assert.Equal("topic=a&data=", hub.Requests[0].Body);
    }

    [Theory]
    [InlineData("8e03978e-40d5-43e8-bc93-6894a57f9324", "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"")]
    [InlineData(" a, \"b\" \\ ~", "\" a, \\\"b\\\" \\\\ ~\"")]
    [InlineData(null, null)]
    public async Task Publish_IdempotencyKey_GoesAsAStructuredField(string? key, string? expected)
    {
        var hub = Accepting("x");

        await PublishAsync(hub, new OutgoingEvent { Topics = ["a"], IdempotencyKey = key });

        Assert.Equal(expected, hub.Requests[0].IdempotencyKey);
        Assert.Equal("topic=a&data=", hub.Requests[0].Body);
    }

    [Fact]
    public async Task Publish_IdempotencyKeyThatNoFieldCarries_ThrowsBeforeSending()
    {
        var hub = Accepting("x");

        foreach (var key in (string[])["", "é", "a\nb", "a\tb", "a\u007f", new('x', 256)])
            await Assert.ThrowsAsync<ArgumentException>(() => PublishAsync(hub, new OutgoingEvent { Topics = ["a"], IdempotencyKey = key }));
        Assert.Empty(hub.Requests);
        await PublishAsync(hub, new OutgoingEvent { Topics = ["a"], IdempotencyKey = new('x', 255) });
    }

    [Fact]
    public async Task Publish_AnyText_HubReadsItBack() =>
        await Gen.Int[0, 0x10FFFF].Where(point => point is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32).Array[0, 50].Select(string.Concat)
            .SampleAsync(async data =>
            {
                var hub = Accepting("x");
                await PublishAsync(hub, new OutgoingEvent { Topics = ["a"], Data = data });
                return hub.Requests[0].Form.Last() == ("data", data);
            }, iter: 500);

    [Fact]
    public async Task Publish_WhatCannotBeEncoded_ThrowsBeforeSending()
    {
        var hub = Accepting("x");

        await Assert.ThrowsAsync<ArgumentNullException>(() => PublishAsync(hub, null!));
        await Assert.ThrowsAsync<ArgumentException>(() => PublishAsync(hub, new OutgoingEvent { Topics = [] }));
        await Assert.ThrowsAsync<ArgumentException>(() => PublishAsync(hub, new OutgoingEvent { Topics = ["a"], Data = "lone \uD83D" }));
        await Assert.ThrowsAsync<ArgumentException>(() => PublishAsync(hub, new OutgoingEvent { Topics = ["a"], ReconnectionTime = TimeSpan.FromMilliseconds(-1) }));
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public async Task Publish_Refused_ThrowsOnceWithWhatTheHubSaid()
    {
        var refusal = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
        {
            Content = new StringContent("""{"type":"urn:fonte:not-appended","title":"Not appended","detail":"The log is full."}""", Encoding.UTF8, "application/problem+json"),
        };
        refusal.Headers.RetryAfter = new(TimeSpan.FromSeconds(3));
        var hub = new FakeHub().Then(refusal);

        var exception = await Assert.ThrowsAsync<FonteClientException>(() => PublishAsync(hub, Simple));

        Assert.Equal("The hub answered 503: The log is full.", exception.Message);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, exception.StatusCode);
        Assert.Equal("urn:fonte:not-appended", exception.ProblemType);
        Assert.Equal(TimeSpan.FromSeconds(3), exception.RetryAfter);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Publish_RetryAfterInThePast_IsZero()
    {
        var hub = new FakeHub().ThenStatus(429, "Fri, 31 Dec 1999 00:00:00 GMT");

        Assert.Equal(TimeSpan.Zero, (await Assert.ThrowsAsync<FonteClientException>(() => PublishAsync(hub, Simple))).RetryAfter);
    }

    [Fact]
    public async Task Publish_NoAnswer_ThrowsOnceWithoutStatus()
    {
        foreach (var cause in (Exception[])[new HttpRequestException("refused"), new IOException("reset"), new TaskCanceledException("timeout")])
        {
            var hub = new FakeHub().Then(_ => throw cause);

            var exception = await Assert.ThrowsAsync<FonteClientException>(() => PublishAsync(hub, Simple));

            Assert.Null(exception.StatusCode);
            Assert.NotNull(exception.InnerException);
            Assert.False(exception.NothingWasSent);
            Assert.Contains("may not have been published", exception.Message, StringComparison.Ordinal);
            Assert.Single(hub.Requests);
        }
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, true)]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.ProxyTunnelError, true)]
    [InlineData(HttpRequestError.SecureConnectionError, true)]
    [InlineData(HttpRequestError.HttpProtocolError, false)]
    [InlineData(HttpRequestError.ResponseEnded, false)]
    [InlineData(HttpRequestError.Unknown, false)]
    public async Task Publish_RequestError_TellsWhetherNothingWasSent(HttpRequestError error, bool nothingWasSent)
    {
        var hub = new FakeHub().Then(_ => throw new HttpRequestException(error, "cause"));

        var exception = await Assert.ThrowsAsync<FonteClientException>(() => PublishAsync(hub, Simple));

        Assert.Equal(nothingWasSent, exception.NothingWasSent);
        Assert.Equal(nothingWasSent, exception.Message.StartsWith("The event was not published", StringComparison.Ordinal));
        Assert.EndsWith(": cause", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_Cancelled_ThrowsThat()
    {
        using var cancel = new CancellationTokenSource();
        var hub = new FakeHub().Then(async token =>
        {
            await cancel.CancelAsync();
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The token was not forwarded.");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Subscriber.Create(hub, new HurriedClock()).PublishAsync(Simple, cancel.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("data: a stream\n\n")]
    public async Task Publish_200WithoutAnId_Throws(string body)
    {
        var exception = await Assert.ThrowsAsync<FonteClientException>(() => PublishAsync(Accepting(body), Simple));

        Assert.Equal(HttpStatusCode.OK, exception.StatusCode);
    }

    [Fact]
    public async Task Publish_EndlessAnswer_ThrowsWithoutReadingOn()
    {
        var body = new EndlessBody(new byte[4096]);
        var hub = new FakeHub().Then(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) });

        await Assert.ThrowsAsync<FonteClientException>(() => PublishAsync(hub, Simple));

        Assert.InRange(body.Taken, 1, 70_000);
    }

    private static FakeHub Accepting(string id) => new FakeHub().Then(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(id) });

    private static Task<string> PublishAsync(FakeHub hub, OutgoingEvent outgoing) =>
        Subscriber.Create(hub, new HurriedClock()).PublishAsync(outgoing, TestContext.Current.CancellationToken);
}
