using System.Net;
using System.Net.Sockets;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

/// <summary>The same over real sockets and the real <see cref="SocketsHttpHandler"/>.</summary>
public sealed class SocketTests
{
    private const string Chunked = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string UntilClosed = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    private const string Stop = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resume_ConnectionCutInsideABlock_AsksForThatEventAgain(bool reset)
    {
        await using var hub = new RawHub(
            (Chunked + RawHub.Chunk("id: 1\ndata: x\n\n") + RawHub.Chunk("id: 2\ndata: y\n"), reset),
            (UntilClosed + "id: 2\ndata: y\n\nid: 3\ndata: z", false),
            (Chunked + RawHub.Chunk("id: 3\ndata: z\n\n") + "0\r\n\r\n", false),
            (Stop, false));
        using var http = new HttpClient();
        var client = new FonteClient(http, new FonteClientOptions { HubUrl = hub.Url, TimeProvider = new HurriedClock() });

        // What a reset overtakes in the kernel is lost to the client: start where it does not matter.
        var received = await Subscriber.Subscribe(client, "0").ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["2", "3"], received.Select(one => one.Id).Where(id => id != "1"));
        Assert.Contains("Last-Event-ID: 2\r\n", hub.Requests[2], StringComparison.Ordinal);
        Assert.Contains("Last-Event-ID: 3\r\n", hub.Requests[3], StringComparison.Ordinal);
        Assert.Contains(received.Any(one => one.Id == "1") ? "Last-Event-ID: 1\r\n" : "Last-Event-ID: 0\r\n", hub.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_RedirectedAsAGet_Throws()
    {
        await using var hub = new RawHub(
            ("HTTP/1.1 303 See Other\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", false));
        using var http = new HttpClient();
        var client = new FonteClient(http, new FonteClientOptions { HubUrl = hub.Url });

        var exception = await Assert.ThrowsAsync<FonteClientException>(
            () => client.PublishAsync(new OutgoingEvent { Topics = ["a"] }, TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.OK, exception.StatusCode);
        Assert.StartsWith("GET /elsewhere", hub.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ConnectionRefused_TellsThatNothingWasSent()
    {
        // Bound and never listened on: nothing else can take the port, and whoever connects to it is refused.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var exception = await PublishToAsync(new Uri($"http://{taken.LocalEndPoint}/.well-known/mercure"));

        Assert.True(exception.NothingWasSent);
        Assert.StartsWith("The event was not published", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ConnectionLostBeforeTheResponse_DoesNotTellThatNothingWasSent()
    {
        await using var hub = new RawHub(("", true));

        var exception = await PublishToAsync(hub.Url);

        Assert.False(exception.NothingWasSent);
        Assert.StartsWith("POST ", Assert.Single(hub.Requests), StringComparison.Ordinal);
    }

    private static async Task<FonteClientException> PublishToAsync(Uri hub)
    {
        using var http = new HttpClient();
        var client = new FonteClient(http, new FonteClientOptions { HubUrl = hub });
        return await Assert.ThrowsAsync<FonteClientException>(
            () => client.PublishAsync(new OutgoingEvent { Topics = ["a"] }, TestContext.Current.CancellationToken));
    }
}
