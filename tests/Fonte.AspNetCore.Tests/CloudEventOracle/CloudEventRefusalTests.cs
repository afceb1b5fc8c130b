using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using CloudNative.CloudEvents.SystemTextJson;
using CsCheck;
using Xunit;

namespace Fonte.AspNetCore.Tests.CloudEventOracle;

/// <summary>What the CloudEvents project's own package refuses as malformed the hub refuses too. Where they differ, the tables say why.</summary>
public sealed class CloudEventRefusalTests
{
    private const string Structured = "application/cloudevents+json";
    private static readonly string[] Looked = ["specversion", "id", "source", "type", "subject", "data", "data_base64", "private"];
    private static readonly string[] Values = ["null", "true", "0", "1.5", "\"\"", "\"1.0\"", "\"x\"", "\"a\\nb\"", "\"\\ud800\"", "\"\uFFFE\"", "\"%\"", "\"AA==\"", "[]", "{}", "{\"a\":1}", "nul", "\"", "01", ""];
    private static readonly string[] Names = ["specversion", "id", "source", "type", "subject", "time", "dataschema", "datacontenttype", "data", "data_base64", "x0", "X", "x_y", "é", ""];
    private static readonly JsonEventFormatter Formatter = new();

    [Fact]
    public async Task Any_damaged_event_that_the_package_refuses_the_hub_refuses_unless_it_does_not_look_at_what_is_wrong()
    {
        await using var app = await HubApplication.StartAsync();
        var (refused, accepted) = (0, 0);
        await Gen.Select(AnyCloudEvent.One.Select(Encode), Damage.Array[1, 2]).Select((valid, damages) => damages.Aggregate(valid, (json, damage) => damage(json))).SampleAsync(async json =>
        {
            if (IsAcceptedByPackage(json)) return;
            using var response = await app.PostAsync(Structured, json);
            var isAccepted = response.StatusCode == HttpStatusCode.OK;
            if (isAccepted) Assert.True(IsAcceptedByPackage(OnlyWhatTheHubLooksAt(json)), "Only the hub accepts it.");
            else Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            _ = isAccepted ? accepted++ : refused++;
        }, iter: 2_000, threads: 1, print: Encoding.UTF8.GetString);
        Assert.True(refused > 200 && accepted > 20, $"{refused} refused by both, {accepted} by the package alone");
    }

    [Theory]
    // Refused by both.
    [InlineData("\"specversion\":\"0.3\"", false, false)]
    [InlineData("\"id\":\"\"", false, false)]
    [InlineData("\"id\":\"a\\nb\"", false, false)]
    [InlineData("\"type\":1", false, false)]
    [InlineData("\"source\":\"\"", false, false)]
    [InlineData("\"subject\":\"\"", false, false)]
    [InlineData("\"data\":1,\"data_base64\":\"AA==\"", false, false)]
    [InlineData("\"data_base64\":1", false, false)]
    [InlineData("\"data_base64\":\"%\"", false, false)]
    // Attributes that the hub does not look at arrive as they are, so that it stands in nobody's way (docs/publishing.md).
    [InlineData("\"x\":[]", false, true)]
    [InlineData("\"x\":1.5", false, true)]
    [InlineData("\"x_y\":\"\"", false, true)]
    [InlineData("\"X\":\"\"", false, true)]
    [InlineData("\"time\":\"yesterday\"", false, true)]
    [InlineData("\"dataschema\":\"/relative\"", false, true)]
    [InlineData("\"datacontenttype\":\"none\"", false, true)]
    // A topic is any text; so is a subject or an id with code points that are no characters.
    [InlineData("\"source\":\"http://[\"", false, true)]
    [InlineData("\"id\":\"\uFFFE\"", false, true)]
    // Half a surrogate pair is well-formed JSON (RFC 8259, section 8.2), and the data is not read.
    [InlineData("\"datacontenttype\":\"text/plain\",\"data\":\"\\ud800\"", false, true)]
    // What two readers would read differently: the package takes the last (RFC 8259, section 4).
    [InlineData("\"id\":\"1\",\"id\":\"2\"", true, false)]
    // The hub's own rules, which are the Mercure draft's.
    [InlineData("\"id\":\"earliest\"", true, false)]
    [InlineData("\"id\":\"#1\"", true, false)]
    [InlineData("\"id\":\"a\u200db\"", true, false)]
    [InlineData("\"type\":\"mercure\"", true, false)]
    [InlineData("\"source\":\"/.well-known/mercure\"", true, false)]
    // An event that was to be private must not be published in the open by mistake.
    [InlineData("\"private\":\"yes\"", true, false)]
    public async Task Hub_and_package_agree_or_differ_for_a_reason(string members, bool package, bool hub)
    {
        var given = new HashSet<string>(JsonNames(members));
        string[] required = ["\"specversion\":\"1.0\"", "\"id\":\"1\"", "\"source\":\"/s\"", "\"type\":\"t\""];
        var json = Encoding.UTF8.GetBytes("{" + string.Join(',', [members, .. required.Where(member => !given.Contains(JsonNames(member).Single()))]) + "}");
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync(Structured, json);
        Assert.Equal((package, hub), (IsAcceptedByPackage(json), response.StatusCode == HttpStatusCode.OK));
    }

    [Theory]
    [InlineData("ce-specversion", "0.3", false, false)]
    [InlineData("ce-id", "", false, false)]
    [InlineData("ce-source", "", false, false)]
    [InlineData("ce-type", "%0A", false, false)]
    [InlineData("ce-type", "%FF", false, false)]
    [InlineData("ce-x", "%80", false, false)]
    // The binding tells how to decode, and not to refuse what is no escape: it is taken as it stands.
    [InlineData("ce-type", "100%", false, true)]
    [InlineData("ce-type", "%4", false, true)]
    [InlineData("ce-type", "\"open", false, true)]
    [InlineData("ce-time", "yesterday", false, true)]
    // The body's own field says it, and the package passes over a second word on it.
    [InlineData("ce-datacontenttype", "text/html", true, false)]
    public async Task Hub_and_package_agree_on_header_fields_or_differ_for_a_reason(string name, string value, bool package, bool hub)
    {
        var fields = new Dictionary<string, string> { ["ce-specversion"] = "1.0", ["ce-id"] = "1", ["ce-source"] = "/s", ["ce-type"] = "t", [name] = value };
        await using var app = await HubApplication.StartAsync();
        using var response = await app.PostAsync("text/plain", "x"u8.ToArray(), [.. fields.Select(field => (field.Key, field.Value))]);
        using var content = new ByteArrayContent("x"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } };
        var headers = new HttpResponseMessage { Content = content };
        foreach (var field in fields) headers.Headers.TryAddWithoutValidation(field.Key, field.Value);
        var isAccepted = await IsAcceptedAsync(() => headers.ToCloudEventAsync(Formatter));
        Assert.Equal((package, hub), (isAccepted, response.StatusCode == HttpStatusCode.OK));
    }

    /// <summary>Ways to spoil JSON: in its members, and in its bytes.</summary>
    private static Gen<Func<byte[], byte[]>> Damage { get; } = Gen.OneOf(
        Gen.Select(Gen.Int[0, Names.Length - 1], Gen.Int[0, Values.Length - 1]).Select((name, value) => new Func<byte[], byte[]>(json => Insert(json, $"\"{Names[name]}\":{Values[value]}"))),
        Gen.Int[0, Looked.Length - 1].Select(index => new Func<byte[], byte[]>(json => Without(json, Looked[index]))),
        Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Select((at, value) => new Func<byte[], byte[]>(json => [.. json[..(at % (json.Length + 1))], value, .. json[(at % (json.Length + 1))..]])),
        Gen.Int[0, 10_000].Select(at => new Func<byte[], byte[]>(json => [.. json[..(at % (json.Length + 1))], .. json.Skip((at % (json.Length + 1)) + 1)])),
        Gen.Int[0, 10_000].Select(at => new Func<byte[], byte[]>(json => json[..(at % (json.Length + 1))])));

    private static byte[] Encode(CloudEvent sent) => Formatter.EncodeStructuredModeMessage(sent, out _).ToArray();

    /// <summary>Puts a member in the place of the one of its name, or before the others.</summary>
    private static byte[] Insert(byte[] json, string member)
    {
        var rest = Encoding.UTF8.GetString(Without(json, member[1..member.IndexOf('"', 1)]));
        var comma = rest is ['{', not '}', ..] ? "," : "";
        return Encoding.UTF8.GetBytes(rest is ['{', .. var after] ? "{" + member + comma + after : rest);
    }

    private static byte[] Without(byte[] json, string name)
    {
        try
        {
            if (JsonNode.Parse(json) is not JsonObject parsed || !parsed.Remove(name)) return json;
            return Encoding.UTF8.GetBytes(parsed.ToJsonString());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return json;
        }
    }

    private static byte[] OnlyWhatTheHubLooksAt(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var looked = new JsonObject();
        foreach (var member in document.RootElement.EnumerateObject().Where(member => Looked.Contains(member.Name)))
        {
            var isText = member.Value.ValueKind == JsonValueKind.String && member.Name is not ("specversion" or "data_base64" or "private");
            // Any text, of any characters, and no URI. Of the data only that it is there.
            looked[member.Name] = isText || (member.Name == "data" && member.Value.ValueKind != JsonValueKind.Null) ? "x" : JsonNode.Parse(member.Value.GetRawText());
        }
        return Encoding.UTF8.GetBytes(looked.ToJsonString());
    }

    private static string[] JsonNames(string members)
    {
        using var document = JsonDocument.Parse("{" + members + "}");
        return [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
    }

    private static bool IsAcceptedByPackage(byte[] json)
    {
        try
        {
            return Formatter.DecodeStructuredModeMessage(json, null, null).IsValid;
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    private static async Task<bool> IsAcceptedAsync(Func<Task<CloudEvent>> decode)
    {
        try
        {
            return (await decode()).IsValid;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
