using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>The metadata of the hub as a protected resource (RFC 9728; Mercure draft -08, "Protected Resource Metadata").</summary>
internal sealed class ResourceMetadata(HubAuthorization authorization, IOptions<FonteHttpOptions> options)
{
    /// <summary>What stands before the hub's path.</summary>
    internal const string PathPrefix = "/.well-known/oauth-protected-resource";

    internal Task HandleAsync(HttpContext context)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("resource", authorization.Audience(context.Request));
            var servers = options.Value.AuthorizationServers;
            if (servers.Count > 0) WriteList(json, "authorization_servers", servers);
            WriteList(json, "bearer_methods_supported", ["header"]);
            WriteList(json, "authorization_details_types_supported", [AuthorizationDetails.Type]);
            json.WriteString("mercure_cookie", options.Value.CookieName);
            WriteList(json, "mercure_matcher_types_supported", ["exact", "urlpattern"]);
            if (options.Value.Subscriptions) json.WriteBoolean("mercure_subscriptions", true);
            json.WriteEndObject();
        }
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        return context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
