using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Publication".</summary>
public abstract class PublicationClauses(HubUnderTest hub)
{
    [Fact]
    public async Task The_request_MUST_contain_at_least_one_topic_field()
    {
        using var response = await hub.PostAsync(("data", "x"));
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task On_success_the_hub_MUST_return_200_and_the_body_MUST_be_the_id_which_is_an_IRI_if_none_was_given()
    {
        var topic = HubUnderTest.NewTopic();
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(topic));
        var id = await hub.PublishAsync(("topic", topic), ("data", "x"));
        Assert.True(id.StartsWith('#') || Uri.TryCreate(id, UriKind.Absolute, out _), id);
        Assert.Equal(id, (await stream.NextAsync()).EventId);
        using var response = await hub.PostAsync(("topic", topic));
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("urn:x:" + topic, await hub.PublishAsync(("topic", topic), ("id", "urn:x:" + topic)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("/subscriptions/exact/a/b")]
    public async Task Every_topic_MUST_NOT_address_the_reserved_hub_namespace_regardless_of_scheme_or_authority(string rest)
    {
        var path = hub.Url.AbsolutePath + rest;
        foreach (var topic in new[] { path, "https://other.example" + path, "wss://x" + path, $"/a/..{path}", path.Replace("/h", "/%68", StringComparison.Ordinal).Replace("/m", "/%6D", StringComparison.Ordinal) })
        {
            using var response = await hub.PostAsync(("topic", HubUnderTest.NewTopic()), ("topic", topic));
            Assert.Equal(400, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task A_topic_that_cannot_be_parsed_against_the_hubs_URL_does_not_address_the_reserved_namespace() =>
        await hub.PublishAsync(("topic", $"http://[{hub.Url.AbsolutePath}"));

    [Theory]
    [InlineData("topic", "*")]
    [InlineData("topic", "a\nb")]
    [InlineData("topic", "a\u0085b")]
    [InlineData("topic", "a\u007fb")]
    [InlineData("topic", "a\u200db")]
    [InlineData("id", "#a")]
    [InlineData("id", "earliest")]
    [InlineData("id", "a\nb")]
    [InlineData("id", "a\0b")]
    [InlineData("id", "a\u0085b")]
    [InlineData("id", "a\u007fb")]
    [InlineData("id", "a\u200db")]
    [InlineData("type", "mercure")]
    [InlineData("type", "a\rb")]
    [InlineData("type", "a\nb")]
    [InlineData("type", "a\u0085b")]
    [InlineData("type", "a\u007fb")]
    [InlineData("type", "a\u200db")]
    [InlineData("retry", "-1")]
    [InlineData("retry", "1.5")]
    [InlineData("retry", "١")]
    public async Task Hubs_MUST_reject_violating_values(string field, string value)
    {
        using var response = await hub.PostAsync(("topic", HubUnderTest.NewTopic()), (field, value));
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Hubs_MUST_ignore_fields_they_do_not_recognize() => await hub.PublishAsync(("topic", HubUnderTest.NewTopic()), ("future", "1"));

    [Theory]
    [InlineData("topic=%FF")]
    [InlineData("topic=a&data=%FF")]
    [InlineData("topic=a&data=%C0%80")]
    [InlineData("topic=a&data=%ED%A0%80")]
    [InlineData("topic=a&id=%FF")]
    [InlineData("topic=a&type=%FF")]
    public async Task Values_MUST_be_valid_UTF_8(string body)
    {
        using var response = await hub.PostRawAsync(body);
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data")]
    public async Task The_request_MUST_be_encoded_as_a_form(string contentType)
    {
        using var response = await hub.PostRawAsync("topic=" + Uri.EscapeDataString(HubUnderTest.NewTopic()), contentType);
        Assert.InRange((int)response.StatusCode, 400, 499);
    }

    [Theory]
    [InlineData("a\nb", "a\nb")]
    [InlineData("a\nid: forged\revent: forged\n\ndata: forged", "a\nid: forged\nevent: forged\n\ndata: forged")]
    [InlineData("a\r\nb", "a\nb")]
    [InlineData("a\rb", "a\nb")]
    [InlineData("\n\n a: é \n", "\n\n a: é \n")]
    public async Task The_hub_MUST_serialize_the_data_as_lines(string data, string expected)
    {
        var topic = HubUnderTest.NewTopic();
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(topic));
        await hub.PublishAsync(("topic", topic), ("data", data), ("type", "t"), ("retry", "1234"));
        var received = await stream.NextAsync();
        Assert.Equal((expected, "t", 1234), (received.Data, received.EventType, received.ReconnectionInterval?.TotalMilliseconds));
    }

    [Fact]
    public async Task Requests_exceeding_a_limit_of_size_MUST_be_rejected_with_413()
    {
        using var response = await hub.PostAsync(("topic", HubUnderTest.NewTopic()), ("data", new string('a', 9_000_000)));
        Assert.Equal(413, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("on")]
    [InlineData("")]
    [InlineData("false")]
    public async Task If_private_is_present_the_update_MUST_NOT_be_dispatched_to_subscribers_not_authorized_whatever_its_value(string value)
    {
        var topic = HubUnderTest.NewTopic();
        var query = "?match=" + Uri.EscapeDataString(topic);
        await using var stranger = await hub.OpenAsync(query);
        await using var granted = await hub.OpenAsync(query, hub.Signed(hub.Token(("subscribe", topic, null))));
        await hub.PublishAsync(("topic", topic), ("data", "secret"), ("private", value));
        await hub.PublishAsync(("topic", topic), ("data", "open"));
        Assert.Equal("secret", await granted.NextDataAsync());
        Assert.Equal("open", await stranger.NextDataAsync());
    }

    [Fact]
    public async Task The_presence_of_the_name_private_marks_the_update_whether_or_not_a_value_is_supplied()
    {
        var topic = HubUnderTest.NewTopic();
        await using var stranger = await hub.OpenAsync("?match=" + Uri.EscapeDataString(topic));
        using var response = await hub.PostRawAsync($"private&topic={Uri.EscapeDataString(topic)}&data=secret");
        Assert.Equal(200, (int)response.StatusCode);
        await hub.PublishAsync(("topic", topic), ("data", "open"));
        Assert.Equal("open", await stranger.NextDataAsync());
    }
}
