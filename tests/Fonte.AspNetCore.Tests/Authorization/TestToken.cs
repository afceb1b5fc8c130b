using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fonte.AspNetCore.Tests.Authorization;

/// <summary>A token made by hand, of which each part can be made wrong.</summary>
internal sealed class TestToken
{
    internal const string Issuer = "https://issuer.example";
    internal const string Resource = "https://hub.example/.well-known/mercure";
    internal const string Secret = "a secret of thirty-two bytes or more, really";

    internal JsonObject Header { get; } = new() { ["alg"] = "HS256", ["typ"] = "at+jwt" };

    internal JsonObject Payload { get; } = new()
    {
        ["iss"] = Issuer,
        ["aud"] = Resource,
        ["sub"] = "someone",
        ["client_id"] = "someone",
        ["iat"] = Now(),
        ["exp"] = Now() + 600,
        ["jti"] = "1",
        ["authorization_details"] = new JsonArray(),
    };

    internal JsonArray Details => (JsonArray)Payload["authorization_details"]!;

    internal static long Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    internal static TestToken Granting(string action, string match, string? type = null)
    {
        var token = new TestToken();
        token.Details.Add(Detail(action, match, type));
        return token;
    }

    internal static JsonObject Detail(string action, string match, string? type = null)
    {
        var topic = new JsonObject { ["match"] = match };
        if (type is not null) topic["match_type"] = type;
        return new JsonObject { ["type"] = "https://mercure.rocks/authorization-detail", ["actions"] = new JsonArray(action), ["topics"] = new JsonArray(topic) };
    }

    internal TestToken With(string claim, JsonNode? value)
    {
        if (value is null) Payload.Remove(claim);
        else Payload[claim] = value;
        return this;
    }

    internal TestToken WithHeader(string name, JsonNode? value)
    {
        if (value is null) Header.Remove(name);
        else Header[name] = value;
        return this;
    }

    internal string Sign(string secret = Secret) => Sign(bytes => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), bytes));

    internal string Sign(Func<byte[], byte[]> sign)
    {
        var head = $"{Encode(Header)}.{Encode(Payload)}";
        return $"{head}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(head)))}";
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
