using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Reconciliation".</summary>
public abstract class ReconciliationClauses(HubUnderTest hub)
{
    private readonly string _topic = HubUnderTest.NewTopic();

    private string Query => "?match=" + Uri.EscapeDataString(_topic);

    [Fact]
    public async Task The_hub_MUST_accept_the_last_event_id_in_the_field_and_in_the_parameter_and_the_field_MUST_take_precedence()
    {
        var first = await PublishAsync("1");
        var second = await PublishAsync("2");
        await PublishAsync("3");
        await using var byField = await hub.OpenAsync(Query, lastEventId: first);
        await using var byParameter = await hub.OpenAsync($"{Query}&last_event_id={Uri.EscapeDataString(first)}");
        await using var byBoth = await hub.OpenAsync($"{Query}&last_event_id={Uri.EscapeDataString(first)}", lastEventId: second);
        Assert.Equal(("2", "3"), (await byField.NextDataAsync(), await byField.NextDataAsync()));
        Assert.Equal(("2", "3"), (await byParameter.NextDataAsync(), await byParameter.NextDataAsync()));
        Assert.Equal("3", await byBoth.NextDataAsync());
        Assert.Equal((first, first, second), (byField.LastEventId, byParameter.LastEventId, byBoth.LastEventId));
    }

    [Theory]
    [InlineData("earliest")]
    [InlineData("urn:uuid:there-is-no-such-event")]
    public async Task The_field_Mercure_Last_Event_ID_MUST_be_earliest_if_there_is_no_preceding_event(string lastEventId)
    {
        await PublishAsync("1");
        await using var stream = await hub.OpenAsync(Query, lastEventId: lastEventId);
        Assert.Equal("earliest", stream.LastEventId);
        Assert.Equal("1", await stream.NextDataAsync());
    }

    [Fact]
    public async Task A_reused_id_MUST_resolve_to_the_earliest_and_the_later_update_MUST_be_sent()
    {
        var id = "urn:uuid:" + Guid.NewGuid();
        await hub.PublishAsync(("topic", _topic), ("id", id), ("data", "1"));
        await PublishAsync("2");
        await hub.PublishAsync(("topic", _topic), ("id", id), ("data", "3"));
        await using var stream = await hub.OpenAsync(Query, lastEventId: id);
        Assert.Equal(("2", "3"), (await stream.NextDataAsync(), await stream.NextDataAsync()));
    }

    [Fact]
    public async Task Private_events_that_the_current_token_does_not_authorize_MUST_NOT_be_replayed()
    {
        var first = await PublishAsync("1");
        await hub.PublishAsync(("topic", _topic), ("data", "secret"), ("private", "on"));
        await PublishAsync("3");
        await using var stranger = await hub.OpenAsync(Query, lastEventId: first);
        await using var granted = await hub.OpenAsync(Query, hub.Signed(hub.Token(("subscribe", _topic, null))), first);
        Assert.Equal("3", await stranger.NextDataAsync());
        Assert.Equal("secret", await granted.NextDataAsync());
    }

    [Fact]
    public async Task An_event_id_that_is_not_ASCII_can_be_resumed_from()
    {
        var id = $"é-{Guid.NewGuid()}";
        await hub.PublishAsync(("topic", _topic), ("id", id), ("data", "1"));
        await PublishAsync("2");
        await using var stream = await hub.OpenAsync($"{Query}&last_event_id={Uri.EscapeDataString(id)}");
        Assert.Equal("2", await stream.NextDataAsync());
    }

    private Task<string> PublishAsync(string data) => hub.PublishAsync(("topic", _topic), ("data", data));
}
