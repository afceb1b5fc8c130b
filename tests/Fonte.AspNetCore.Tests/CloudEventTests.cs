using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Fonte.AspNetCore.Tests;

/// <summary>One CloudEvent in a request: in the body, or in header fields.</summary>
public sealed class CloudEventTests
{
    private const string Structured = "application/cloudevents+json";
    private const string Required = """
        "specversion":"1.0","id":"1","source":"/s","type":"t"
        """;

    private static readonly (string, string)[] Fields = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t")];

    [Theory]
    [InlineData(Structured)]
    [InlineData("Application/CloudEvents+JSON; charset=UTF-8")]
    [InlineData("application/cloudevents+json; charset=\"utf-8\"")]
    public async Task Structured_event_arrives_as_it_was_sent_under_its_subject_and_its_source(string contentType)
    {
        const string Sent = """{ "specversion" : "1.0","id":"é-1","source":"https://example.com/s","type":"order.paid","subject":"orders/1","x":[1,{"y":null}],"data":{"a":1.50}}""";
        await using var app = await HubApplication.StartAsync();
        await using var bySubject = await app.OpenAsync("?match=orders/1");
        await using var bySource = await app.OpenAsync("?match=https://example.com/s");
        using var response = await app.PostAsync(contentType, Encoding.UTF8.GetBytes(Sent));
        Assert.Equal((HttpStatusCode.OK, "text/plain; charset=utf-8"), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.Equal("é-1", await response.Content.ReadAsStringAsync(HubApplication.Stop));
        foreach (var stream in (EventStreamReader[])[bySubject, bySource])
        {
            var received = await stream.NextAsync();
            Assert.Equal(("é-1", "order.paid", Sent), (received.EventId, received.EventType, received.Data));
        }
    }

    [Fact]
    public async Task Canonical_topic_is_the_subject_and_else_the_source()
    {
        await using var app = await HubApplication.StartAsync();
        Assert.Equal(["sub", "/s"], (await ReadAsync($$"""{{{Required}},"subject":"sub"}""")).Topics);
        Assert.Equal(["/s"], (await ReadAsync($$"""{{{Required}},"subject":null}""")).Topics);
        Assert.Equal(["/s"], (await ReadAsync($$"""{{{Required}},"subject":"/s"}""")).Topics);

        static Task<EventDraft> ReadAsync(string json) => Task.FromResult(CloudEventReader.ReadOne(Encoding.UTF8.GetBytes(json)).Draft!);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("false", false)]
    [InlineData("\"false\"", false)]
    [InlineData("null", false)]
    public void Private_is_an_extension_attribute(string value, bool expected)
    {
        var (draft, problem) = CloudEventReader.ReadOne(Encoding.UTF8.GetBytes($$"""{{{Required}},"private":{{value}}}"""));
        Assert.Null(problem);
        Assert.Equal(expected, draft!.Private);
    }

    [Fact]
    public async Task Escaped_names_and_texts_mean_the_same()
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync(Structured, """{"specversion":"1\u002e0","\u0069d":"\u00e9","source":"\/s","type":"\ud83d\ude00"}"""u8.ToArray());
        Assert.Equal("é", await response.Content.ReadAsStringAsync(HubApplication.Stop));
        await using var stream = await app.OpenAsync("?match=/s&last_event_id=earliest");
        Assert.Equal("😀", (await stream.NextAsync()).EventType);
    }

    [Theory]
    [InlineData("", "json-invalid")]
    [InlineData("{", "json-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"", "json-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}x", "json-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}{}", "json-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",}", "json-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"\\ud800\",\"source\":\"/s\",\"type\":\"t\"}", "json-invalid")]
    [InlineData("{\"\\ud800\":1}", "json-invalid")]
    [InlineData("\uFEFF{}", "json-invalid")]
    [InlineData("[]", "cloudevent-invalid")]
    [InlineData("null", "cloudevent-invalid")]
    [InlineData("{}", "cloudevent-invalid")]
    [InlineData("{\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":1.0,\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"/s\",\"type\":\"t\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":null,\"source\":\"/s\",\"type\":\"t\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":7,\"source\":\"/s\",\"type\":\"t\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":{},\"type\":\"t\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"time\":1}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"private\":1}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"Private\":1}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"private\":false,\"PRIVATE\":true}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"private\":\"yes\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":1,\"data_base64\":\"AA==\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data_base64\":\"%\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"id\":\"1\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"\\u0069d\":\"1\"}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":1,\"data\":1}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"private\":false,\"private\":true}", "cloudevent-invalid")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"earliest\",\"source\":\"/s\",\"type\":\"t\"}", "id-reserved")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"*\",\"type\":\"t\"}", "topic-reserved")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"a\\nb\"}", "type-invalid")]
    public async Task Wrong_event_is_refused_with_a_sentence_and_nothing_is_appended(string json, string problem)
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync(Structured, Encoding.UTF8.GetBytes(json));
        await PublishTests.AssertProblemAsync(response, HttpStatusCode.BadRequest, problem);
        Assert.EndsWith(":1", await app.PublishAsync("topic=a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1?\",\"source\":\"/s\",\"type\":\"t\"}")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":\"?\"}")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"x?\":1}")]
    public async Task Invalid_utf8_is_refused_wherever_it_stands(string json)
    {
        await using var app = await HubApplication.StartAsync();
        var bytes = Encoding.ASCII.GetBytes(json);
        bytes[bytes.AsSpan().IndexOf((byte)'?')] = 0xFF;
        using var response = await app.PostAsync(Structured, bytes);
        await PublishTests.AssertProblemAsync(response, HttpStatusCode.BadRequest, "invalid-utf8");
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(100_000, false)]
    public async Task Data_nests_as_deep_as_is_sane_and_no_deeper(int depth, bool accepted)
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync(Structured, Encoding.ASCII.GetBytes($$"""{{{Required}},"data":{{new string('[', depth)}}{{new string(']', depth)}}}"""));
        if (accepted) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        else await PublishTests.AssertProblemAsync(response, HttpStatusCode.BadRequest, "json-invalid");
    }

    [Theory]
    [InlineData("application/json", "{\"a\": 1}", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"datacontenttype\":\"application/json\",\"data\":{\"a\": 1}}")]
    [InlineData("application/vnd.x+json", "1", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"datacontenttype\":\"application/vnd.x+json\",\"data\":1}")]
    [InlineData("text/plain; charset=utf-8", "é\"", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"datacontenttype\":\"text/plain; charset=utf-8\",\"data\":\"é\\\"\"}")]
    [InlineData("text/plain; charset=iso-8859-1", "a", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"datacontenttype\":\"text/plain; charset=iso-8859-1\",\"data_base64\":\"YQ==\"}")]
    [InlineData("application/x-www-form-urlencoded", "topic=a", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"datacontenttype\":\"application/x-www-form-urlencoded\",\"data\":\"topic=a\"}")]
    [InlineData("image/png", "a", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"datacontenttype\":\"image/png\",\"data_base64\":\"YQ==\"}")]
    [InlineData("image/svg+xml", "<a/>", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"datacontenttype\":\"image/svg+xml\",\"data\":\"<a/>\"}")]
    [InlineData(null, "a", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data_base64\":\"YQ==\"}")]
    [InlineData(null, "", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}")]
    public async Task Binary_event_arrives_as_the_json_it_would_be(string? contentType, string body, string expected)
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync(contentType, Encoding.UTF8.GetBytes(body), Fields);
        Assert.Equal((HttpStatusCode.OK, "1"), (response.StatusCode, await response.Content.ReadAsStringAsync(HubApplication.Stop)));
        await using var stream = await app.OpenAsync("?match=/s&last_event_id=earliest");
        var received = await stream.NextAsync();
        Assert.Equal("t", received.EventType);
        Assert.Equal(Members(expected), Members(received.Data));
    }

    [Fact]
    public async Task Binary_fields_are_unquoted_and_percent_decoded_once()
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync("text/plain", [], [("CE-SpecVersion", "1.0"), ("ce-id", "%C3%A9%20%2541"), ("ce-source", "\"/a \\\"b\\\"\""), ("ce-type", "100%"), ("ce-Traceid", "x")]);
        Assert.Equal("é %41", await response.Content.ReadAsStringAsync(HubApplication.Stop));
        await using var stream = await app.OpenAsync("?match=/a%20%22b%22&last_event_id=earliest");
        var received = await stream.NextAsync();
        using var json = JsonDocument.Parse(received.Data);
        Assert.Equal(("100%", "x"), (received.EventType, json.RootElement.GetProperty("traceid").GetString()));
    }

    [Fact]
    public async Task Binary_private_event_is_delivered_to_nobody()
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync("text/plain", [], [.. Fields, ("ce-private", "true")]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await app.PublishAsync("topic=/s&data=public");
        await using var stream = await app.OpenAsync("?match=*&last_event_id=earliest");
        Assert.Equal("public", await stream.NextDataAsync());
    }

    [Theory]
    [InlineData("ce-data", "x", "cloudevent-invalid")]
    [InlineData("ce-data_base64", "x", "cloudevent-invalid")]
    [InlineData("ce-datacontenttype", "text/plain", "cloudevent-invalid")]
    [InlineData("ce-", "x", "cloudevent-invalid")]
    [InlineData("ce-x-y", "x", "cloudevent-invalid")]
    [InlineData("ce-subject", "", "cloudevent-invalid")]
    [InlineData("ce-private", "yes", "cloudevent-invalid")]
    [InlineData("ce-x", "%FF", "invalid-utf8")]
    [InlineData("ce-subject", "%0A", "topic-invalid")]
    public async Task Wrong_binary_field_is_refused(string name, string value, string problem)
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync("text/plain", [], [.. Fields, (name, value)]);
        await PublishTests.AssertProblemAsync(response, HttpStatusCode.BadRequest, problem);
    }

    [Fact]
    public async Task Binary_field_that_is_repeated_is_refused()
    {
        await using var app = await HubApplication.StartAsync();
        var answer = await app.ExchangeAsync("ce-specversion: 1.0\r\nce-id: 1\r\nce-id: 2\r\nce-source: /s\r\nce-type: t\r\n", "");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("urn:fonte:problem:cloudevent-invalid", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Binary_data_that_says_to_be_json_must_be()
    {
        await using var app = await HubApplication.StartAsync();
        using var broken = await app.PostAsync("application/json", "{\"a\":"u8.ToArray(), Fields);
        await PublishTests.AssertProblemAsync(broken, HttpStatusCode.BadRequest, "json-invalid");
        using var two = await app.PostAsync("application/json", "1,\"id\":\"2\""u8.ToArray(), Fields);
        await PublishTests.AssertProblemAsync(two, HttpStatusCode.BadRequest, "json-invalid");
        using var noUtf8 = await app.PostAsync("application/json", [(byte)'"', 0xFF, (byte)'"'], Fields);
        await PublishTests.AssertProblemAsync(noUtf8, HttpStatusCode.BadRequest, "invalid-utf8");
    }

    [Theory]
    [InlineData("application/cloudevents+avro")]
    [InlineData("application/cloudevents-batch+avro")]
    [InlineData("application/cloudevents+json; charset=iso-8859-1")]
    public async Task Other_formats_of_cloudevents_are_refused_whatever_the_fields_say(string contentType)
    {
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync(contentType, [], Fields);
        await PublishTests.AssertProblemAsync(response, HttpStatusCode.UnsupportedMediaType, "content-type");
    }

    internal static SortedDictionary<string, string> Members(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new(document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText()));
    }
}
