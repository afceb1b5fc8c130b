using System.Text.Json;
using System.Text.Json.Nodes;
using Fonte.Programs;
using Fonte.UrlPatterns;
using Xunit;

namespace Fonte.Tests.UrlPatterns;

/// <summary>The cases of web-platform-tests, judged as its own runner does.</summary>
/// <remarks>The environment variable <c>FONTE_URLPATTERN_DATA</c> names another file of the same form.</remarks>
public sealed class UrlPatternDataTests
{
    // Set operations of classes, which need the flag v of JavaScript's regular expressions.
    private static readonly string[] SetOperations = ["/([[a-z]--a])", "/([\\d&&[0-1]])"];

    private static JsonArray Data { get; } = (JsonArray)JsonNode.Parse(File.ReadAllText(
        Environment.GetEnvironmentVariable("FONTE_URLPATTERN_DATA") ?? Path.Combine(AppContext.BaseDirectory, "UrlPatterns", "urlpatterntestdata.json")))!;

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, Data.Count).Where(i => Data[i] is JsonObject)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_of_the_standards_tests(int index)
    {
        var entry = (JsonObject)Data[index]!;
        if (IsError(entry["expected_obj"]) || UsesSetOperation(entry))
        {
            Assert.Throws<PatternException>(() => Read(entry));
            return;
        }
        var pattern = Read(entry);
        foreach (var (name, component, _) in pattern.Components) Assert.Equal($"{name} {ExpectedPattern(entry, name)}", $"{name} {component.Text}");
        if (!entry.ContainsKey("expected_match")) return;
        if (IsError(entry["expected_match"]))
        {
            Assert.Throws<PatternException>(() => Input(entry));
            return;
        }
        AssertMatch(entry, pattern);
    }

    [Fact]
    public void Every_case_is_there() => Assert.True(Cases().Count >= 281, "Cases are missing.");

    private static void AssertMatch(JsonObject entry, UrlPattern pattern)
    {
        var input = Input(entry);
        var matches = input is null ? null : pattern.Match(input);
        if (matches?.Any(match => match.Groups is null) == true) matches = null;
        if (entry["expected_match"] is not JsonObject expected)
        {
            Assert.Null(matches);
            return;
        }
        Assert.NotNull(matches);
        foreach (var match in matches)
        {
            var component = expected[match.Name] as JsonObject;
            var groups = component?["groups"] as JsonObject;
            Assert.Equal($"{match.Name} {component?["input"]?.GetValue<string>() ?? ""}", $"{match.Name} {match.Input}");
            var told = groups is not null ? groups.ToDictionary(group => group.Key, group => group.Value?.GetValue<string>())
                : IsExactlyEmpty(entry, match.Name) ? [] : new Dictionary<string, string?> { ["0"] = "" };
            Assert.Equal(told.OrderBy(group => group.Key, StringComparer.Ordinal), match.Groups!.OrderBy(group => group.Key, StringComparer.Ordinal));
        }
    }

    private static UrlPattern Read(JsonObject entry)
    {
        var arguments = entry["pattern"]!.AsArray();
        var options = arguments.OfType<JsonObject>().FirstOrDefault(argument => argument.ContainsKey("ignoreCase"));
        var ignoreCase = options?["ignoreCase"]?.GetValue<bool>() ?? false;
        if (arguments.Count == 0) return UrlPattern.Of(new(), ignoreCase);
        var baseUrl = arguments.Count > 1 && arguments[1] is JsonValue ? arguments[1]!.GetValue<string>() : null;
        if (arguments[0] is JsonValue text) return UrlPattern.Parse(text.GetValue<string>(), baseUrl, ignoreCase);
        if (baseUrl is not null) throw new PatternException("Components and a base URL beside them.");
        return UrlPattern.Of(Init((JsonObject)arguments[0]!), ignoreCase);
    }

    // What is matched, or null when it cannot be matched with anything.
    private static UrlPatternInit? Input(JsonObject entry)
    {
        var arguments = entry["inputs"]!.AsArray();
        var baseText = arguments.Count > 1 ? arguments[1]!.GetValue<string>() : null;
        if (arguments.Count > 0 && arguments[0] is JsonValue text)
        {
            var baseUrl = baseText is null ? null : Url.Parse(baseText);
            if (baseText is not null && baseUrl is null) return null;
            return Url.Parse(text.GetValue<string>(), baseUrl) is { } url ? UrlPatternInit.Of(url) : null;
        }
        if (baseText is not null) throw new PatternException("Components and a base URL beside them.");
        try
        {
            return UrlPatternProcessing.Process(arguments.Count == 0 ? new() : Init((JsonObject)arguments[0]!), isPattern: false, UrlPatternInit.Empty);
        }
        catch (PatternException)
        {
            return null;
        }
    }

    private static UrlPatternInit Init(JsonObject given) => new()
    {
        Protocol = given["protocol"]?.GetValue<string>(),
        Username = given["username"]?.GetValue<string>(),
        Password = given["password"]?.GetValue<string>(),
        Hostname = given["hostname"]?.GetValue<string>(),
        Port = given["port"]?.GetValue<string>(),
        Pathname = given["pathname"]?.GetValue<string>(),
        Search = given["search"]?.GetValue<string>(),
        Hash = given["hash"]?.GetValue<string>(),
        BaseUrl = given["baseURL"]?.GetValue<string>(),
    };

    private static string ExpectedPattern(JsonObject entry, string component)
    {
        if (entry["expected_obj"] is JsonObject told && told[component] is { } text) return text.GetValue<string>();
        if (IsExactlyEmpty(entry, component)) return "";
        var arguments = entry["pattern"]!.AsArray();
        var first = arguments.Count > 0 ? arguments[0] as JsonObject : null;
        if (first?[component]?.GetValue<string>() is { Length: > 0 } given) return given;
        if (first is not null && Earlier(component).Any(first.ContainsKey)) return "*";
        var baseText = first?["baseURL"]?.GetValue<string>() ?? (arguments.Count > 1 && arguments[1] is JsonValue second ? second.GetValue<string>() : null);
        if (baseText is null || component is "username" or "password") return "*";
        var baseUrl = UrlPatternInit.Of(Url.Parse(baseText)!);
        return component switch
        {
            "protocol" => baseUrl.Protocol!,
            "hostname" => baseUrl.Hostname!,
            "port" => baseUrl.Port!,
            "pathname" => baseUrl.Pathname!,
            "search" => baseUrl.Search!,
            _ => baseUrl.Hash!,
        };
    }

    private static string[] Earlier(string component) => component switch
    {
        "hostname" => ["protocol"],
        "port" => ["protocol", "hostname"],
        "pathname" => ["protocol", "hostname", "port"],
        "search" => ["protocol", "hostname", "port", "pathname"],
        "hash" => ["protocol", "hostname", "port", "pathname", "search"],
        _ => [],
    };

    private static bool IsExactlyEmpty(JsonObject entry, string component) =>
        entry["exactly_empty_components"] is JsonArray names && names.Any(name => name!.GetValue<string>() == component);

    private static bool IsError(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == "error";

    private static bool UsesSetOperation(JsonObject entry) =>
        entry["pattern"]!.AsArray() is [JsonObject first, ..] && first["pathname"]?.GetValue<string>() is { } pathname && SetOperations.Contains(pathname);
}
