using System.Net;
using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using CloudNative.CloudEvents.SystemTextJson;
using CsCheck;
using Fonte.AspNetCore.Tests.Authorization;
using Xunit;

namespace Fonte.AspNetCore.Tests.CloudEventOracle;

/// <summary>
/// What the CloudEvents project's own package sends arrives as docs/publishing.md says: <c>subject</c> and <c>source</c> as topics, <c>id</c> and <c>type</c>
/// as such, and as data an event that the package reads back as the one that was sent.
/// </summary>
public sealed class CloudEventOracleTests
{
    private static readonly JsonEventFormatter Formatter = new();

    [Fact]
    public Task Any_event_in_structured_mode_arrives_as_it_was_sent() => AssertArriveAsync(1, events => Single(events).ToHttpContent(ContentMode.Structured, Formatter), isBinary: false);

    [Fact]
    public Task Any_event_in_binary_mode_arrives_as_the_same_in_structured_mode() => AssertArriveAsync(1, events => Single(events).ToHttpContent(ContentMode.Binary, Formatter), isBinary: true);

    [Fact]
    public Task Any_batch_arrives_in_order() => AssertArriveAsync(5, events => events.ToHttpContent(Formatter), isBinary: false);

    private static CloudEvent Single(CloudEvent[] events) => events.Single();

    private static async Task AssertArriveAsync(int most, Func<CloudEvent[], HttpContent> encode, bool isBinary)
    {
        await using var app = await HubApplication.StartAsync(options =>
        {
            options.Resource = TestToken.Resource;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        });
        await AnyCloudEvent.One.Array[1, most].SampleAsync(async events =>
        {
            // New for each, so that what is found wrong of one does not make the next one wrong.
            app.Client.DefaultRequestHeaders.Authorization = null;
            await using var anyone = await app.OpenAsync("?match=*");
            app.Client.DefaultRequestHeaders.Authorization = new("Bearer", TokenForAll());
            await using var granted = await app.OpenAsync("?match=*&envelope=1");
            using var content = encode(events);
            using var response = await app.Client.PostAsync(new Uri(HubApplication.Hub, UriKind.Relative), content, HubApplication.Stop);
            var answer = await response.Content.ReadAsStringAsync(HubApplication.Stop);
            Assert.True(response.StatusCode == HttpStatusCode.OK, answer);
            Assert.Equal(events.Select(sent => sent.Id), most > 1 ? JsonSerializer.Deserialize<string[]>(answer) : [answer]);
            foreach (var sent in events)
            {
                var arrived = await granted.NextAsync();
                Assert.Equal((sent.Id, sent.Type), (arrived.EventId, arrived.EventType));
                using var envelope = JsonDocument.Parse(arrived.Data);
                Assert.Equal(TopicsOf(sent), envelope.RootElement.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()));
                AssertSame(sent, Decode(sent, envelope.RootElement.GetProperty("data").GetString()!), isBinary);
            }
            var end = await app.PublishAsync("topic=end");
            var received = new List<string?>();
            while ((await anyone.NextAsync()).EventId is var id && id != end) received.Add(id);
            Assert.Equal(events.Where(sent => !IsPrivate(sent)).Select(sent => sent.Id), received);
        }, iter: 200, threads: 1, print: events => JsonSerializer.Serialize(events.Select(Attributes)));
    }

    private static string TokenForAll()
    {
        var token = TestToken.Granting("subscribe", "*");
        token.Details.Add(TestToken.Detail("publish", "*"));
        return token.Sign();
    }

    private static bool IsPrivate(CloudEvent sent) => sent["private"] is true;

    // Whoever may read a private event by one of its topics is not told the others.
    private static IEnumerable<string> TopicsOf(CloudEvent sent) =>
        new[] { sent.Subject, sent.Source!.OriginalString }.OfType<string>().Distinct().Take(IsPrivate(sent) ? 1 : 2);

    // With the extensions that were sent: JSON tells numbers from texts, but not the time from a text.
    private static CloudEvent Decode(CloudEvent sent, string json) => Formatter.DecodeStructuredModeMessage(Encoding.UTF8.GetBytes(json), null, sent.ExtensionAttributes);

    private static void AssertSame(CloudEvent sent, CloudEvent arrived, bool isBinary)
    {
        Assert.Equal(Attributes(sent), Attributes(arrived));
        // The body of a binary message is empty for a text that is, and for no data.
        if (isBinary && sent.Data is "" or byte[] { Length: 0 }) Assert.Null(arrived.Data);
        // JSON's null is the same as no data to the package.
        else if (sent.Data is JsonElement { ValueKind: JsonValueKind.Null }) Assert.Null(arrived.Data);
        else if (sent.Data is JsonElement json) Assert.True(JsonElement.DeepEquals(json, arrived.Data is JsonElement other ? other : default), $"{json} {arrived.Data}");
        else Assert.Equal(sent.Data, arrived.Data);
    }

    private static SortedDictionary<string, string> Attributes(CloudEvent one) =>
        new(one.GetPopulatedAttributes().ToDictionary(pair => pair.Key.Name, pair => pair.Key.Format(pair.Value)), StringComparer.Ordinal);
}
