using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;
using Xunit;

namespace Fonte.AspNetCore.Tests;

/// <summary>Several CloudEvents in a request: all of them become events, or none.</summary>
public class CloudEventBatchTests
{
    private const string Batch = "application/cloudevents-batch+json";

    private static CancellationToken Stop => HubApplication.Stop;

    private protected virtual Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null, IEventLog? useLog = null) => HubApplication.StartAsync(configure, useLog: useLog);

    [Fact]
    public async Task Batch_is_answered_with_the_ids_in_order_and_arrives_side_by_side()
    {
        await using var app = await StartAsync();
        await using var stream = await app.OpenAsync("?match=/s");
        using var response = await PostAsync(app, $"[ {Event("é-1")} ,\n{Event("2")},{Event("3")}\n]");
        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.Equal("[\"é-1\",\"2\",\"3\"]", await response.Content.ReadAsStringAsync(Stop));
        foreach (var id in (string[])["é-1", "2", "3"])
        {
            var received = await stream.NextAsync();
            Assert.Equal((id, Event(id)), (received.EventId, received.Data));
        }
        Assert.EndsWith(":4", await app.PublishAsync("topic=a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_valid_events_arrive_with_the_same_attributes()
    {
        await using var app = await StartAsync();
        await using var stream = await app.OpenAsync("?match=*");
        var round = 0;
        await Events().SampleAsync(async events =>
        {
            round++;
            for (var i = 0; i < events.Length; i++) events[i]["id"] = JsonSerializer.Serialize($"{round}-{i}");
            var texts = events.Select(members => "{" + string.Join(", ", members.Select(member => $"{JsonSerializer.Serialize(member.Key)} :{member.Value}")) + "}").ToArray();
            using var response = await PostAsync(app, "[" + string.Join(',', texts) + "]");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            foreach (var members in events)
            {
                var received = await stream.NextAsync();
                Assert.Equal(Text(members["id"]), received.EventId);
                Assert.Equal(Text(members["type"]), received.EventType);
                Assert.Equal(members, CloudEventTests.Members(received.Data));
            }
        }, iter: 200, threads: 1);

        static string? Text(string json) => JsonSerializer.Deserialize<string>(json);
    }

    [Theory]
    [InlineData("", "json-invalid", null)]
    [InlineData("{}", "cloudevent-invalid", null)]
    [InlineData("[]", "batch-empty", null)]
    [InlineData("[0", "json-invalid", 1)]
    [InlineData("[0]x", "json-invalid", null)]
    [InlineData("[0,]", "json-invalid", 1)]
    [InlineData("[0,1,{\"id\":]", "json-invalid", 2)]
    [InlineData("[0,[]]", "cloudevent-invalid", 1)]
    [InlineData("[0,1,{}]", "cloudevent-invalid", 2)]
    [InlineData("[0,r,{}]", "id-reserved", 1)]
    [InlineData("[0,1,r]", "id-reserved", 2)]
    [InlineData("[0,r", "id-reserved", 1)]
    [InlineData("[0,\u00ff]", "invalid-utf8", 1)]
    public async Task First_wrong_event_is_named_by_its_index_and_nothing_is_appended(string sketch, string problem, int? index)
    {
        await using var app = await StartAsync();
        var body = string.Concat(sketch.Select(sign => sign switch
        {
            '0' or '1' or '\u00ff' => Event($"{sign}"),
            'r' => Event("earliest"),
            _ => $"{sign}",
        }));
        using var response = await app.PostAsync(Batch, Encoding.Latin1.GetBytes(body));
        await AssertProblemAsync(response, HttpStatusCode.BadRequest, problem, index);
        Assert.EndsWith(":1", await app.PublishAsync("topic=a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_of_a_batch_hold_at_their_edge()
    {
        await using var app = await StartAsync(options => (options.MaxBatchEvents, options.MaxBatchBytes, options.MaxBodyBytes) = (3, 1000, 200));
        using (var three = await PostAsync(app, Array(3))) Assert.Equal(HttpStatusCode.OK, three.StatusCode);
        using (var four = await PostAsync(app, Array(4))) await AssertProblemAsync(four, HttpStatusCode.RequestEntityTooLarge, "too-many-events", null);
        using (var full = await PostAsync(app, Array(3).PadRight(1000))) Assert.Equal(HttpStatusCode.OK, full.StatusCode);
        using (var over = await PostAsync(app, Array(3).PadRight(1001))) await AssertProblemAsync(over, HttpStatusCode.RequestEntityTooLarge, "too-large", null);
        using (var large = await PostAsync(app, $"[{Event("1")},{Event("2", 200)}]")) Assert.Equal(HttpStatusCode.OK, large.StatusCode);
        using (var larger = await PostAsync(app, $"[{Event("1")},{Event("2", 201)}]")) await AssertProblemAsync(larger, HttpStatusCode.RequestEntityTooLarge, "too-large", 1);

        static string Array(int count) => "[" + string.Join(',', Enumerable.Range(0, count).Select(n => Event($"{n}"))) + "]";
    }

    [Fact]
    public async Task Batch_of_the_largest_size_is_taken()
    {
        await using var app = await StartAsync();
        var body = "[" + string.Join(',', Enumerable.Range(0, 10_000).Select(n => Event($"{n}", 830))) + "]";
        Assert.InRange(body.Length, 8_300_000, 8 * 1024 * 1024);
        using var response = await PostAsync(app, body);
        using var ids = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
        Assert.Equal(Enumerable.Range(0, 10_000).Select(n => $"{n}"), ids.RootElement.EnumerateArray().Select(id => id.GetString()));
    }

    [Fact]
    public async Task Mutated_bodies_never_make_the_server_fail()
    {
        await using var app = await StartAsync();
        var valid = Encoding.UTF8.GetBytes($"[{Event("1")},{Event("é\\u00e9")},{{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"/s\",\"type\":\"t\",\"private\":true,\"subject\":\"b\",\"data\":[{{\"a\":1e5}}]}}]");
        var mutation = Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 3], Gen.OneOf(Gen.Byte, OneOf("\"\\{}[],:0e\0\u0001"u8.ToArray())));
        var statuses = new HashSet<int>();
        await Gen.Select(mutation.Array[1, 4], OneOf(Batch, "application/cloudevents+json", "application/x-www-form-urlencoded", "application/json")).SampleAsync(async (mutations, contentType) =>
        {
            var body = mutations.Aggregate(valid.ToList(), Mutate);
            // The outer brackets would make every single event wrong at its first byte.
            if (contentType == "application/cloudevents+json") body = body[1..^1];
            using var response = await app.PostAsync(contentType, [.. body], contentType == "application/json" ? [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t")] : []);
            lock (statuses) statuses.Add((int)response.StatusCode);
            return (int)response.StatusCode < 500;
        }, iter: 1000, threads: 2);
        Assert.Superset(new HashSet<int> { 200, 400 }, statuses);

        static List<byte> Mutate(List<byte> body, (int At, int Kind, byte Value) mutation)
        {
            var at = Math.Min(mutation.At, body.Count - 1);
            if (mutation.Kind == 0 && body.Count > 3) body.RemoveAt(at);
            else if (mutation.Kind == 1) body.Insert(at, mutation.Value);
            else if (mutation.Kind == 2) body.InsertRange(at, body.GetRange(0, at));
            else body[at] = mutation.Value;
            return body;
        }
    }

    internal static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string name, int? index)
    {
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
        Assert.Equal($"urn:fonte:problem:{name}", document.RootElement.GetProperty("type").GetString());
        Assert.Equal(index, document.RootElement.TryGetProperty("index", out var member) ? member.GetInt32() : null);
        if (index is not null) Assert.StartsWith($"Event {index}, counted from 0: ", document.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> PostAsync(HubApplication app, string body) => app.PostAsync(Batch, Encoding.UTF8.GetBytes(body));

    private static string Event(string id, int length = 0)
    {
        var text = $$"""{"specversion":"1.0","id":"{{id}}","source":"/s","type":"t","data":"?"}""";
        return text.Replace("?", new string('x', Math.Max(1, length - text.Length + 1)), StringComparison.Ordinal);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<SortedDictionary<string, string>[]> Events()
    {
        // Without what the rules of topics and types forbid, which have tests of their own.
        var clean = Gen.OneOf(Gen.Int[0x20, 0x7E], Gen.Int[0xA1, 0xAC], Gen.Int[0x1F600, 0x1F64F]).Select(char.ConvertFromUtf32).Array[1, 20].Select(string.Concat).Where(text => text != "*" && !ReservedNamespace.Default.Url.IsOfTheHub(text));
        var json = clean.Select(text => JsonSerializer.Serialize(text));
        var value = Gen.OneOf(json, Gen.Int.Select(number => $"{number}"), OneOf("true", "null", "{\"a\":[1,2.50,{}]}", "\"\\u0000\\n\"", "[]"));
        var extension = Gen.Select(OneOf("x", "traceparent", "data", "time2", "Id", "data_"), value);
        return Gen.Select(json, json, json, extension.Array[0, 4], Gen.Bool).Select((source, type, subject, extensions, hasSubject) =>
        {
            var members = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["specversion"] = "\"1.0\"", ["source"] = source, ["type"] = type };
            if (hasSubject) members["subject"] = subject;
            foreach (var (name, content) in extensions) members[name] = content;
            return members;
        }).Array[1, 20];
    }
}

/// <summary>The same where event streams go straight to the socket, as in the server: there Kestrel's own buffers are others.</summary>
public sealed class DirectCloudEventBatchTests : CloudEventBatchTests
{
    private protected override Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null, IEventLog? useLog = null) => HubApplication.StartDirectAsync(configure, useLog: useLog);
}
