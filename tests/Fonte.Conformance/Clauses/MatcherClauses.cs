using System.Text;
using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Matcher Types", and how their parameters are written ("Subscription").</summary>
public abstract class MatcherClauses(HubUnderTest hub)
{
    private readonly string _name = Guid.NewGuid().ToString();

    [Theory]
    [InlineData("match_exact")]
    [InlineData("match_urlpattern")]
    public async Task The_wildcard_is_recognized_before_the_matcher_type_is_resolved(string parameter)
    {
        await using var stream = await hub.OpenAsync($"?{parameter}=*");
        var id = await hub.PublishAsync(("topic", $"http://[ not a url {_name}"));
        while ((await stream.NextAsync()).EventId != id)
        {
            // Of another test.
        }
    }

    [Fact]
    public async Task Hubs_MUST_NOT_enable_ignoreCase_and_host_components_remain_case_insensitive()
    {
        await using var stream = await hub.OpenAsync("?match_urlpattern=" + Uri.EscapeDataString($"https://CONFORMANCE.example/Abc/{_name}"));
        await hub.PublishAsync(("topic", $"https://conformance.example/abc/{_name}"), ("data", "another path"));
        await hub.PublishAsync(("topic", $"https://conformance.EXAMPLE/Abc/{_name}"), ("data", "another host's letters"));
        Assert.Equal("another host's letters", await stream.NextDataAsync());
    }

    [Fact]
    public async Task A_topic_that_cannot_be_parsed_MUST_be_treated_as_not_matching_any_URL_pattern()
    {
        await using var stream = await hub.OpenAsync("?match_urlpattern=" + Uri.EscapeDataString("*://*/*"));
        await hub.PublishAsync(("topic", $"https://[/{_name}"), ("data", _name + " no URL"));
        await hub.PublishAsync(("topic", $"https://conformance.example/{_name}"), ("data", _name + " a URL"));
        string data;
        do data = await stream.NextDataAsync();
        while (!data.StartsWith(_name, StringComparison.Ordinal));
        Assert.Equal(_name + " a URL", data);
    }

    [Theory]
    [InlineData("((?:a|aa)+[bc])")]
    [InlineData("((?:[ad]*[ae]*)*[bc])")]
    [InlineData("((?:a+)+b)")]
    public async Task A_pattern_with_catastrophic_backtracking_MUST_be_aborted_and_treated_as_not_matching(string group)
    {
        await using var stream = await hub.OpenAsync($"?match={_name}&match_urlpattern={Uri.EscapeDataString($"/{_name}/{group}")}");
        if (stream.Status == 400) return;
        await hub.PublishAsync(("topic", $"/{_name}/{new string('a', 1_000)}!"), ("data", "catastrophe"));
        await hub.PublishAsync(("topic", _name), ("data", "next"));
        Assert.Equal("next", await stream.NextDataAsync());
    }

    [Fact]
    public async Task The_query_MUST_be_parsed_as_a_form_percent_decoded_in_names_and_values_with_plus_as_space()
    {
        await using var stream = await hub.OpenAsync($"?m%61tch={_name}+%2B%26%3D%3B%25");
        await hub.PublishAsync(("topic", _name + " +&=;%"), ("data", "decoded"));
        Assert.Equal("decoded", await stream.NextDataAsync());
        await using var reserved = await hub.OpenAsync("?match=a&m%61tch_unknown=a");
        Assert.Equal(400, reserved.Status);
    }

    [Fact]
    public async Task A_name_without_a_value_is_equivalent_to_that_name_with_an_empty_value()
    {
        await using var none = await hub.OpenAsync("?match=a&match");
        await using var empty = await hub.OpenAsync("?match=a&match=");
        Assert.Equal(empty.Status, none.Status);
    }

    [Theory]
    [InlineData("match_unknown=a")]
    [InlineData("MATCH=a")]
    [InlineData("match=a%0Ab")]
    [InlineData("match=%FF")]
    [InlineData("match_urlpattern=(")]
    public async Task In_a_body_the_reserved_namespace_rule_and_the_constraints_apply_identically(string body)
    {
        await using var stream = await QueryAsync("?match=a", body);
        Assert.Equal(400, stream.Status);
    }

    [Fact]
    public async Task The_field_Last_Event_ID_takes_precedence_over_the_query_and_the_body()
    {
        await hub.PublishAsync(("topic", _name), ("data", "1"));
        var second = await hub.PublishAsync(("topic", _name), ("data", "2"));
        await hub.PublishAsync(("topic", _name), ("data", "3"));
        await using var stream = await QueryAsync("?last_event_id=earliest", $"match={_name}&last_event_id=earliest", second);
        Assert.Equal((second, "3"), (stream.LastEventId, await stream.NextDataAsync()));
    }

    private async Task<StreamUnderTest> QueryAsync(string query, string body, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod("QUERY"), hub.Url.AbsoluteUri + query) { Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded") };
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return new(await hub.SendAsync(request));
    }
}
