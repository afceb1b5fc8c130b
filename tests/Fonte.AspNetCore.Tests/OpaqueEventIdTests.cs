using System.Text;
using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.Extensions.Options;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests;

/// <summary>With opaque event IDs nothing that leaves the hub tells a position. On the ordinary path to the socket and on the direct one.</summary>
public class OpaqueEventIdTests
{
    private protected virtual Task<HubApplication> StartAsync(Action<FonteHttpOptions> configure) => HubApplication.StartAsync(configure);

    [Fact]
    public async Task Nothing_that_leaves_the_hub_tells_a_position()
    {
        await using var app = await StartAsync(options =>
        {
            options.EventIds = EventIdForm.Opaque;
            options.Subscriptions = true;
            options.HeartbeatInterval = TimeSpan.FromSeconds(1);
            options.Resource = TestToken.Resource;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        });
        var seen = new StringBuilder();
        var token = TestToken.Granting("subscribe", "*").Sign();

        var first = await app.PublishAsync("topic=a&data=1");
        seen.AppendLine(first);
        for (var n = 0; n < 2; n++)
            await TakeAsync(await app.PostAsync("application/x-www-form-urlencoded", "topic=a&data=2"u8.ToArray(), ("Idempotency-Key", "\"k\"")));
        await TakeAsync(await app.PostAsync("application/cloudevents-batch+json", """[{"specversion":"1.0","id":"urn:own:1","source":"/s","type":"t","data":1},{"specversion":"1.0","id":"urn:own:2","source":"/s","type":"t","data":2}]"""u8.ToArray()));
        foreach (var query in (string[])["", "&envelope=1", "&last_event_id=earliest", $"&last_event_id={first}", "&last_event_id=urn:own:1", "&last_event_id=nobody", "&since=2020-01-01T00:00:00Z", "&last_event_id=urn:fonte:aaaaaaaaaaaa:1"])
        {
            await using var stream = await OpenAsync(app, "?match=*" + query, token);
            seen.AppendLine(stream.Response.Headers.ToString());
            // A heartbeat comes last, when it is current.
            seen.AppendLine(await stream.ReadUntilAsync("\n:\n"));
            seen.AppendLine(await stream.ReadUntilAsync("\n\n"));
        }
        await TakeAsync(await GetAsync(app, "/.well-known/mercure/subscriptions", token));
        await TakeAsync(await GetAsync(app, "/.well-known/mercure/subscriptions/exact/none/none", token));
        await TakeAsync(await GetAsync(app, "/.well-known/mercure?matchx=1", token));
        await TakeAsync(await GetAsync(app, "/.well-known/oauth-protected-resource/.well-known/mercure", token));

        var ids = System.Text.RegularExpressions.Regex.Matches(seen.ToString(), "urn:fonte:[a-z0-9-]+").Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);
        // The cursor that the client itself has brought is told back to it, as the gap's.
        Assert.Equal(["urn:fonte:aaaaaaaaaaaa", "urn:fonte:problem", "urn:fonte:x"], ids);

        async Task TakeAsync(HttpResponseMessage response)
        {
            using (response)
            {
                seen.AppendLine(response.Headers.ToString());
                seen.AppendLine(await response.Content.ReadAsStringAsync(Stop));
            }
        }
    }

    [Fact]
    public async Task Cursors_outlive_a_restart_and_with_another_key_there_is_a_gap()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-ids").FullName;
        try
        {
            string cursor;
            await using (var app = await StartAsync(options => (options.Data, options.EventIds) = (folder, EventIdForm.Opaque)))
            {
                cursor = await app.PublishAsync("topic=a&data=1");
                await app.PublishAsync("topic=a&data=2");
            }
            await using (var app = await StartAsync(options => (options.Data, options.EventIds) = (folder, EventIdForm.Opaque)))
            {
                await using var stream = await app.OpenAsync("?match=a", cursor);
                Assert.Equal(cursor, stream.Preceding);
                Assert.Equal("2", await stream.NextDataAsync());
            }
            await using (var app = await StartAsync(options => (options.Data, options.EventIds, options.EventIdKey) = (folder, EventIdForm.Opaque, new string('k', 32))))
            {
                await using var stream = await app.OpenAsync("?match=a", cursor);
                Assert.Equal("earliest", stream.Preceding);
                Assert.Equal("fonte-gap", (await stream.NextAsync()).EventType);
                Assert.Equal("1", await stream.NextDataAsync());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Short_key_is_refused_at_start()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options => options.EventIdKey = "short"));
        Assert.Contains("Fonte:EventIdKey must have 32 bytes or more", refused.Message, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> GetAsync(HubApplication app, string path, string token) => app.Client.SendAsync(Request(path, token), Stop);

    private static async Task<EventStreamReader> OpenAsync(HubApplication app, string query, string token)
    {
        var response = await app.Client.SendAsync(Request(Hub + query, token), HttpCompletionOption.ResponseHeadersRead, Stop);
        return new(response, await response.Content.ReadAsStreamAsync(Stop));
    }

    private static HttpRequestMessage Request(string path, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return request;
    }
}

/// <summary>The same where events go straight to the sockets.</summary>
public sealed class DirectOpaqueEventIdTests : OpaqueEventIdTests
{
    private protected override Task<HubApplication> StartAsync(Action<FonteHttpOptions> configure) => StartDirectAsync(configure);
}
