using System.Text;
using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Subscription" and "Topic Matchers".</summary>
public abstract class SubscriptionClauses(HubUnderTest hub)
{
    [Fact]
    public async Task The_hub_MUST_send_text_event_stream()
    {
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(HubUnderTest.NewTopic()));
        Assert.Equal((200, "text/event-stream"), (stream.Status, stream.Response.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("?match_unknown=a")]
    [InlineData("?matchbox=a")]
    [InlineData("?MATCH=a")]
    [InlineData("?Match_exact=a")]
    [InlineData("?match=a&match_Exact=a")]
    public async Task A_parameter_in_the_reserved_match_namespace_that_is_no_supported_type_MUST_be_rejected(string query) => await RefusedAsync(query);

    [Theory]
    [InlineData("?match=a%0Ab")]
    [InlineData("?match=a%C2%85b")]
    [InlineData("?match=a%7Fb")]
    [InlineData("?match=a%E2%80%8Db")]
    [InlineData("?match=%FF")]
    [InlineData("?match_urlpattern=(")]
    [InlineData("?match_urlpattern=/:")]
    public async Task Values_that_violate_the_constraints_MUST_be_rejected(string query) => await RefusedAsync(query);

    [Fact]
    public async Task Exact_matching_MUST_NOT_resolve_or_normalize()
    {
        var name = Guid.NewGuid().ToString();
        await using var stream = await hub.OpenAsync($"?match=/{name}&match_exact={name}%C3%A9");
        foreach (var topic in new[] { new Uri(hub.Url, "/" + name).AbsoluteUri, $"/x/../{name}", $"/{name}/", $"/{name.ToUpperInvariant()}", $"{name}e\u0301" }) await hub.PublishAsync(("topic", topic), ("data", topic));
        await hub.PublishAsync(("topic", "/" + name), ("data", "first"));
        await hub.PublishAsync(("topic", name + "\u00e9"), ("data", "second"));
        Assert.Equal("first", await stream.NextDataAsync());
        Assert.Equal("second", await stream.NextDataAsync());
    }

    [Fact]
    public async Task The_matcher_value_asterisk_matches_every_topic()
    {
        await using var stream = await hub.OpenAsync("?match=*");
        var id = await hub.PublishAsync(("topic", "not a url " + Guid.NewGuid()));
        while ((await stream.NextAsync()).EventId != id)
        {
            // Of another test.
        }
    }

    [Fact]
    public async Task For_a_relative_pattern_or_topic_the_hub_MUST_use_its_URL_as_the_base()
    {
        var name = Guid.NewGuid().ToString();
        await using var relative = await hub.OpenAsync($"?match_urlpattern=/{name}/:id");
        await using var absolute = await hub.OpenAsync("?match_urlpattern=" + Uri.EscapeDataString(new Uri(hub.Url, $"/{name}/").AbsoluteUri + ":id"));
        await hub.PublishAsync(("topic", $"/{name}/1/2"), ("data", "deeper"));
        await hub.PublishAsync(("topic", $"https://other.example/{name}/1"), ("data", "elsewhere"));
        await hub.PublishAsync(("topic", $"/{name}/1"), ("data", "relative"));
        await hub.PublishAsync(("topic", new Uri(hub.Url, $"/{name}/2").AbsoluteUri), ("data", "absolute"));
        foreach (var stream in new[] { relative, absolute }) Assert.Equal(("relative", "absolute"), (await stream.NextDataAsync(), await stream.NextDataAsync()));
    }

    [Fact]
    public async Task An_event_is_dispatched_if_any_topic_matches_any_matcher_and_only_once()
    {
        var (topic, other) = (HubUnderTest.NewTopic(), HubUnderTest.NewTopic());
        await using var stream = await hub.OpenAsync($"?match={Uri.EscapeDataString(topic)}&match={Uri.EscapeDataString(other)}");
        await hub.PublishAsync(("topic", HubUnderTest.NewTopic()), ("topic", topic), ("topic", other), ("data", "both"));
        await hub.PublishAsync(("topic", other), ("data", "next"));
        Assert.Equal(("both", "next"), (await stream.NextDataAsync(), await stream.NextDataAsync()));
    }

    [Fact]
    public async Task Parameters_in_a_body_are_taken_in_union_with_those_of_the_query_whose_last_event_id_is_used()
    {
        var (topic, other) = (HubUnderTest.NewTopic(), HubUnderTest.NewTopic());
        var first = await hub.PublishAsync(("topic", topic), ("data", "1"));
        await hub.PublishAsync(("topic", other), ("data", "2"));
        var third = await hub.PublishAsync(("topic", topic), ("data", "3"));
        using var request = new HttpRequestMessage(new HttpMethod("QUERY"), $"{hub.Url}?match={Uri.EscapeDataString(topic)}&last_event_id={Uri.EscapeDataString(first)}")
        {
            Content = new StringContent($"match={Uri.EscapeDataString(other)}&last_event_id={Uri.EscapeDataString(third)}", Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        await using var stream = new StreamUnderTest(await hub.SendAsync(request));
        Assert.Equal(("2", "3"), (await stream.NextDataAsync(), await stream.NextDataAsync()));
    }

    private async Task RefusedAsync(string query)
    {
        await using var stream = await hub.OpenAsync(query);
        Assert.Equal(400, stream.Status);
    }
}
