using System.Net;
using System.Text.Json.Nodes;
using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Active Subscriptions".</summary>
public abstract class ActiveSubscriptionClauses(HubUnderTest hub)
{
    private string Root => hub.Url.AbsolutePath + "/subscriptions";

    private string Watching => hub.Signed(hub.Token(("subscribe", Root + "{/*}?", "urlpattern")));

    [Fact]
    public async Task The_hub_MUST_publish_a_private_update_of_type_mercure_when_a_subscription_is_created_and_when_it_ends()
    {
        var (topic, other) = (HubUnderTest.NewTopic(), HubUnderTest.NewTopic());
        var below = $"{Root}/exact/{Uri.EscapeDataString(topic)}/";
        var query = "?match_urlpattern=" + Uri.EscapeDataString(Root + "/exact/:match/:subscriber");
        await using var watcher = await hub.OpenAsync(query, Watching);
        await using var stranger = await hub.OpenAsync(query + "&match=" + Uri.EscapeDataString(other));
        string subscriber;
        await using (await hub.OpenAsync("?match=" + Uri.EscapeDataString(topic)))
        {
            var begun = await NextAsync(watcher, topic);
            subscriber = begun["subscriber"]!.GetValue<string>();
            Assert.Equal(below + Uri.EscapeDataString(subscriber), begun["id"]!.GetValue<string>());
            Assert.Equal(("subscription", "exact", true), (begun["type"]!.GetValue<string>(), begun["match_type"]!.GetValue<string>(), begun["active"]!.GetValue<bool>()));
        }
        var ended = await NextAsync(watcher, topic);
        Assert.Equal(subscriber, ended["subscriber"]!.GetValue<string>());
        Assert.False(ended["active"]!.GetValue<bool>());
        await hub.PublishAsync(("topic", other), ("data", "open"));
        Assert.Equal("open", await stranger.NextDataAsync());
    }

    [Fact]
    public async Task The_web_API_MUST_list_active_subscriptions_with_the_reconciliation_cursor()
    {
        var topic = HubUnderTest.NewTopic();
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(topic));
        foreach (var path in new[] { Root, $"{Root}/exact/{Uri.EscapeDataString(topic)}" })
        {
            using var list = await hub.GetAsync(path, Watching);
            Assert.Equal((200, "application/json"), ((int)list.StatusCode, list.Content.Headers.ContentType?.MediaType));
            var link = list.Headers.GetValues("Link").Single();
            Assert.Contains("rel=\"mercure\"", link, StringComparison.Ordinal);
            Assert.Contains("last-event-id=\"", link, StringComparison.Ordinal);
            var document = JsonNode.Parse(await list.Content.ReadAsStringAsync(HubUnderTest.Stop))!;
            Assert.Equal((path, "subscriptions"), (document["id"]!.GetValue<string>(), document["type"]!.GetValue<string>()));
            var subscription = document["subscriptions"]!.AsArray().Single(each => each!["match"]!.GetValue<string>() == topic)!;
            using var single = await hub.GetAsync(subscription["id"]!.GetValue<string>(), Watching);
            Assert.Contains("last-event-id=\"", single.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
            Assert.True(JsonNode.DeepEquals(subscription, JsonNode.Parse(await single.Content.ReadAsStringAsync(HubUnderTest.Stop))));
        }
    }

    [Fact]
    public async Task The_hub_MUST_answer_404_403_and_401_where_there_is_nothing_or_no_authorization()
    {
        var none = $"{Root}/exact/a/{Uri.EscapeDataString("urn:uuid:none")}";
        foreach (var (token, expected) in new[] { (Watching, 404), (hub.Signed(hub.Token(("subscribe", "/elsewhere", null))), 403), (null, 401) })
        {
            using var response = await hub.GetAsync(none, token);
            Assert.Equal(expected, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task The_topic_to_authorize_is_the_absolute_path_without_the_query()
    {
        var below = Root + "/exact/" + Uri.EscapeDataString(HubUnderTest.NewTopic());
        var exact = hub.Signed(hub.Token(("subscribe", below, null)));
        var absolute = hub.Signed(hub.Token(("subscribe", new Uri(hub.Url, Root).AbsoluteUri + "/exact/:match", "urlpattern")));
        foreach (var (path, token, expected) in new[] { (below, exact, 200), (below + "?a=1", exact, 200), (Root, exact, 403), (below, absolute, 200), (Root, absolute, 403) })
        {
            using var response = await hub.GetAsync(path, token);
            Assert.Equal(expected, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task The_cursor_of_the_list_SHOULD_prevent_that_a_subscription_event_is_lost()
    {
        var topic = HubUnderTest.NewTopic();
        await hub.PublishAsync(("topic", topic), ("data", "before"));
        using var list = await hub.GetAsync(Root, Watching);
        var link = list.Headers.GetValues("Link").Single();
        const string Name = "last-event-id=\"";
        var start = link.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        await hub.PublishAsync(("topic", topic), ("data", "after"));
        await using var stream = await hub.OpenAsync($"?match={Uri.EscapeDataString(topic)}&last_event_id={Uri.EscapeDataString(link[start..link.IndexOf('"', start)])}");
        Assert.Equal("after", await stream.NextDataAsync());
    }

    [Fact]
    public async Task A_subscription_that_is_no_longer_active_is_404_or_not_active()
    {
        var topic = HubUnderTest.NewTopic();
        await using var watcher = await hub.OpenAsync("?match_urlpattern=" + Uri.EscapeDataString(Root + "/exact/:match/:subscriber"), Watching);
        await using (await hub.OpenAsync("?match=" + Uri.EscapeDataString(topic))) await NextAsync(watcher, topic);
        var ended = await NextAsync(watcher, topic);
        using var response = await hub.GetAsync(ended["id"]!.GetValue<string>(), Watching);
        if (response.StatusCode == HttpStatusCode.NotFound) return;
        Assert.False(JsonNode.Parse(await response.Content.ReadAsStringAsync(HubUnderTest.Stop))!["active"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("id")]
    [InlineData("subscriber")]
    public async Task Clients_MUST_NOT_supply_the_subscriber_identifier(string parameter)
    {
        var topic = HubUnderTest.NewTopic();
        await using var watcher = await hub.OpenAsync("?match_urlpattern=" + Uri.EscapeDataString(Root + "/exact/:match/:subscriber"), Watching);
        await using var stream = await hub.OpenAsync($"?match={Uri.EscapeDataString(topic)}&{parameter}=mine");
        Assert.NotEqual("mine", (await NextAsync(watcher, topic))["subscriber"]!.GetValue<string>());
    }

    private static async Task<JsonNode> NextAsync(StreamUnderTest watcher, string topic)
    {
        while (true)
        {
            var received = await watcher.NextAsync();
            Assert.Equal("mercure", received.EventType);
            if (JsonNode.Parse(received.Data)! is var document && document["match"]!.GetValue<string>() == topic) return document;
        }
    }
}
