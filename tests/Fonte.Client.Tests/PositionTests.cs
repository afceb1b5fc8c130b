using System.Net;
using System.Text;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

public sealed class PositionTests
{
    [Fact]
    public async Task Positions_AreGivenWhenTheyAreAskedFor()
    {
        const string stream = "retry: 1\n\nid: 1\n\nid: 2\nevent: t\ndata: a\n\n: comment\nid: 3\nevent: forgotten\n\ndata: b\n\nid\n\n";
        Assert.Equal([("1", true, ""), ("2", false, "a"), ("3", true, ""), ("3", false, "b"), ("", true, "")], await ReadAsync(stream, includePositions: true));
        Assert.Equal([("2", false, "a"), ("3", false, "b")], await ReadAsync(stream, includePositions: false));
    }

    [Fact]
    public async Task Position_IsNoneThatWasNotAskedFor()
    {
        var events = await ReadAsync("id: 1\nevent: \u0001\ndata: x\n\n", includePositions: false);
        Assert.False(Assert.Single(events).IsPosition);
    }

    [Fact]
    public async Task Gap_IsTyped()
    {
        var hub = new FakeHub().ThenStream("id: 1\nevent: fonte-gap\ndata: {\"reason\":\"truncated\",\"from\":\"f\",\"oldest\":\"o\"}\n\nid: 2\ndata: a\n\n");
        var events = await Subscriber.ReadAllAsync(hub);
        Assert.Equal(new Gap("truncated", "f", "o"), events[0].Gap);
        Assert.Null(events[1].Gap);
    }

    [Fact]
    public async Task Gap_ThatAHubTellsByTheHeaderAlone_IsAValueToo()
    {
        var hub = new FakeHub().Then(Earliest("id: 5\n\nid: 6\ndata: a\n\nid: 7\ndata: b\n\n"));
        var events = await Subscriber.ReadAllAsync(hub, lastEventId: "3");
        Assert.Equal(["fonte-gap", "message", "message"], events.Select(each => each.Type));
        Assert.Equal(new Gap("earliest", "3", ""), events[0].Gap);
        Assert.Equal(["3", "6", "7"], events.Select(each => each.Id));
    }

    [Fact]
    public async Task Gap_ThatAHubTellsInBothWays_IsOne()
    {
        var hub = new FakeHub().Then(Earliest("id: 5\nevent: fonte-gap\ndata: {\"reason\":\"unknown\"}\n\nid: 6\ndata: a\n\n"));
        var events = await Subscriber.ReadAllAsync(hub, lastEventId: "3");
        Assert.Equal(["fonte-gap", "message"], events.Select(each => each.Type));
        Assert.Equal("unknown", events[0].Gap!.Reason);
    }

    private static HttpResponseMessage Earliest(string stream)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new FakeBody(Encoding.UTF8.GetBytes(stream), BodyEnd.Closed)) };
        response.Content.Headers.ContentType = new("text/event-stream");
        response.Headers.TryAddWithoutValidation("Mercure-Last-Event-ID", "earliest");
        return response;
    }

    private static async Task<List<(string Id, bool IsPosition, string Data)>> ReadAsync(string stream, bool includePositions)
    {
        var client = Subscriber.Create(new FakeHub().ThenStream(stream), new HurriedClock());
        var request = new SubscribeRequest { Topics = ["a"], IncludePositions = includePositions };
        return await client.SubscribeAsync(request, TestContext.Current.CancellationToken).Select(each => (each.Id, each.IsPosition, each.Data)).ToListAsync(TestContext.Current.CancellationToken);
    }
}
