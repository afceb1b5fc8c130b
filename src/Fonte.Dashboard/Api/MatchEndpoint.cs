using System.Text.Json;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.Dashboard;

/// <summary><c>GET api/match?pattern=…&amp;topic=…</c>: whether a URL Pattern selects a topic, with its groups, and why not.</summary>
internal sealed class MatchEndpoint(FonteHost host, IOptions<FonteHttpOptions> options)
{
    internal Task HandleAsync(HttpContext context, AccessToken? token)
    {
        var (pattern, topic) = (context.Request.Query["pattern"].ToString(), context.Request.Query["topic"].ToString());
        if (!AuthorizationDetails.IsExpression(pattern, options.Value) || !AuthorizationDetails.IsExpression(topic, options.Value))
            return Bad($"Give a pattern and a topic, each of at most {options.Value.MaxMatcherBytes} bytes, without control or format characters.").WriteAsync(context);
        var (matcher, fault) = host.Patterns.Of(pattern);
        return matcher is null ? Bad(fault!).WriteAsync(context) : JsonAnswer.WriteAsync(context, json => Write(json, matcher, topic));
    }

    private static void Write(Utf8JsonWriter json, TopicMatcher matcher, string topic)
    {
        json.WriteBoolean("matches", matcher.Matches(topic));
        json.WriteBoolean("all", matcher == TopicMatcher.Wildcard);
        json.WriteStartArray("components");
        foreach (var component in matcher == TopicMatcher.Wildcard ? [] : matcher.Explain(topic)) Write(json, component);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, TopicComponentMatch component)
    {
        json.WriteStartObject();
        json.WriteString("name", component.Name);
        json.WriteString("pattern", component.Pattern);
        json.WriteString("input", component.Input);
        json.WriteBoolean("matches", component.Groups is not null);
        json.WriteStartArray("groups");
        foreach (var (name, value) in component.Groups ?? new Dictionary<string, string?>())
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("value", value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static Problem Bad(string detail) => new(StatusCodes.Status400BadRequest, "match-invalid", detail);
}
