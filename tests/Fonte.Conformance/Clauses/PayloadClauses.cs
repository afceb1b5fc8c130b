using System.Text.Json.Nodes;
using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Payloads", and what the documents of subscriptions say of each ("Subscription Events", "Subscription API").</summary>
public abstract class PayloadClauses(HubUnderTest hub)
{
    private readonly string _topic = HubUnderTest.NewTopic();

    private string Root => hub.Url.AbsolutePath + "/subscriptions";

    private string Watching => hub.Signed(hub.Token(("subscribe", "*", null)));

    [Fact]
    public async Task The_payload_of_the_first_subscribe_detail_that_matches_the_matcher_as_a_topic_MUST_be_included_in_events_and_the_API()
    {
        var pattern = _topic + "/bar/:id";
        var token = hub.Token();
        token.Details.Add(Detail("publish", "*", null, "never, as it is of publishing"));
        token.Details.Add(Detail("subscribe", _topic + "/foo", null, "foo"));
        token.Details.Add(Detail("subscribe", pattern, "urlpattern", "bar"));
        token.Details.Add(Detail("subscribe", _topic + "/foo", null, "masked"));
        token.Details.Add(Detail("subscribe", "*", null, "default"));
        var expected = new Dictionary<(string, string), string>
        {
            [("exact", _topic + "/foo")] = "foo",
            [("urlpattern", pattern)] = "bar",
            [("exact", _topic + "/bar/7")] = "bar",
            [("exact", _topic + "/other")] = "default",
        };
        await using var watcher = await hub.OpenAsync("?match_urlpattern=" + Uri.EscapeDataString(Root + "/:type/:match/:subscriber"), Watching);
        await using var stream = await hub.OpenAsync("?" + string.Join('&', expected.Keys.Select(key => $"match_{key.Item1}={Uri.EscapeDataString(key.Item2)}")), hub.Signed(token));

        var told = await DocumentsAsync(watcher, expected.Count);
        Assert.Equal(expected, told.ToDictionary(KeyOf, document => document["payload"]!["who"]!.GetValue<string>()));
        // A single subscriber reuses its identifier.
        Assert.Single(told.Select(document => document["subscriber"]!.GetValue<string>()).Distinct());
        foreach (var document in told)
        {
            var (type, match) = KeyOf(document);
            Assert.Equal($"{Root}/{type}/{Uri.EscapeDataString(match)}/{Uri.EscapeDataString(document["subscriber"]!.GetValue<string>())}", document["id"]!.GetValue<string>());
            var listed = await GetAsync(document["id"]!.GetValue<string>(), Watching);
            Assert.True(JsonNode.DeepEquals(document, listed), listed?.ToJsonString());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_payload_that_matches_the_document_has_none(bool withToken)
    {
        var token = hub.Token(("subscribe", _topic, null));
        token.Details.Add(Detail("subscribe", _topic + "/:id", "urlpattern", "other"));
        await using var watcher = await hub.OpenAsync("?match_urlpattern=" + Uri.EscapeDataString(Root + "/:type/:match/:subscriber"), Watching);
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(_topic), withToken ? hub.Signed(token) : null);
        Assert.False(Assert.Single(await DocumentsAsync(watcher, 1)).AsObject().ContainsKey("payload"));
    }

    [Fact]
    public async Task Distinct_subscribers_MUST_receive_distinct_identifiers_though_their_token_is_the_same()
    {
        var token = hub.Signed(hub.Token(("subscribe", "*", null)));
        await using var watcher = await hub.OpenAsync("?match_urlpattern=" + Uri.EscapeDataString(Root + "/:type/:match/:subscriber"), Watching);
        await using var one = await hub.OpenAsync("?match=" + Uri.EscapeDataString(_topic), token);
        await using var other = await hub.OpenAsync("?match=" + Uri.EscapeDataString(_topic), token);
        Assert.Equal(2, (await DocumentsAsync(watcher, 2)).Select(document => document["subscriber"]!.GetValue<string>()).Distinct().Count());
    }

    [Fact]
    public async Task The_variables_MUST_be_percent_encoded_exactly_once_with_the_percent_signs_that_they_contain()
    {
        var match = _topic + "/%2F é?#";
        await using var watcher = await hub.OpenAsync("?match_urlpattern=" + Uri.EscapeDataString(Root + "/:type/:match/:subscriber"), Watching);
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(match));
        var document = Assert.Single(await DocumentsAsync(watcher, 1));
        Assert.Equal(match, document["match"]!.GetValue<string>());
        Assert.StartsWith($"{Root}/exact/{Uri.EscapeDataString(match)}/", document["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(document, await GetAsync(document["id"]!.GetValue<string>(), Watching)));
    }

    private static JsonObject Detail(string action, string match, string? type, string payload)
    {
        var detail = TestToken.Detail(action, match, type);
        detail["payload"] = new JsonObject { ["who"] = payload };
        return detail;
    }

    private static (string Type, string Match) KeyOf(JsonNode document) => (document["match_type"]!.GetValue<string>(), document["match"]!.GetValue<string>());

    /// <summary>Waits for as many subscriptions of this test's topics to be told as active.</summary>
    private async Task<List<JsonNode>> DocumentsAsync(StreamUnderTest watcher, int count)
    {
        var documents = new List<JsonNode>();
        while (documents.Count < count)
        {
            var document = JsonNode.Parse(await watcher.NextDataAsync())!;
            if (document["match"]!.GetValue<string>().StartsWith(_topic, StringComparison.Ordinal) && document["active"]!.GetValue<bool>()) documents.Add(document);
        }
        return documents;
    }

    private async Task<JsonNode?> GetAsync(string path, string token)
    {
        using var response = await hub.GetAsync(path, token);
        Assert.Equal(200, (int)response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(HubUnderTest.Stop));
    }
}
