using System.Net;
using System.Text.Json.Nodes;
using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Broker.Tests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests.SharedLog;

/// <summary>Several hubs over one log, as their clients see them.</summary>
public sealed class HubsTests : IDisposable
{
    private const string Root = "/.well-known/mercure/subscriptions";
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-hubs").FullName;
    private readonly FakeBroker _broker = new();
    private int _hubs;

    public void Dispose()
    {
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Event_that_is_published_at_one_hub_comes_from_all()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        await using var stream = await two.OpenAsync("?match=a");
        var id = await one.PublishAsync("topic=a&data=1");
        var came = await stream.NextAsync();
        Assert.Equal((id, "1"), (came.EventId, came.Data));
    }

    [Fact]
    public async Task Cursor_of_one_hub_goes_on_at_another()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var id = await one.PublishAsync("topic=a&data=1");
        await one.PublishAsync("topic=a&data=2");
        // At once, when the other may not have it yet.
        await using var stream = await two.OpenAsync("?match=a", id);
        Assert.Equal("2", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Poll_at_a_hub_that_is_behind_its_cursor_waits_until_it_has_what_came_after()
    {
        var connection = _broker.Connect();
        await using var one = await StartAsync();
        await using var two = await StartAsync(connection);
        connection.Hold();
        var id = await one.PublishAsync("topic=a&data=1");
        await one.PublishAsync("topic=a&data=2");
        var polling = two.Client.GetStringAsync(new Uri($"/fonte/poll?match=a&wait=50&last_event_id={id}", UriKind.Relative), Stop);
        await AfterMarksAsync();
        connection.LetGo();
        var answer = JsonNode.Parse(await polling)!;
        Assert.Null(answer["gap"]);
        Assert.Equal("2", Assert.Single(answer["events"]!.AsArray())!["data"]!.GetValue<string>());
    }

    [Fact]
    public async Task Cursor_of_a_publisher_goes_on_at_a_hub_that_is_behind()
    {
        var connection = _broker.Connect();
        await using var one = await StartAsync();
        await using var two = await StartAsync(connection);
        connection.Hold();
        await one.PublishAsync("topic=a&data=1&id=mine");
        await one.PublishAsync("topic=a&data=2");
        var opening = two.OpenAsync("?match=a", "mine");
        await AfterMarksAsync();
        connection.LetGo();
        await using var stream = await opening;
        Assert.Equal("2", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Hub_that_was_away_begins_with_what_came_meanwhile_and_knows_what_was_revoked()
    {
        var token = TestToken.Granting("subscribe", "*").Sign();
        await using var one = await StartAsync();
        await (await StartAsync()).DisposeAsync();
        await one.PublishAsync("topic=a&data=meanwhile");
        await one.Services.GetRequiredService<IStreamControl>().RevokeAsync(new() { Issuer = TestToken.Issuer, Subject = "someone" }, cancellationToken: Stop);
        var connection = _broker.Connect();
        connection.Hold();
        _hubs--;
        await using var two = await StartAsync(connection, isReady: false);
        var opening = two.OpenAsync("?match=a");
        var revoked = GetAsync(two, $"{Hub}?match=a&last_event_id=earliest", token, HttpCompletionOption.ResponseHeadersRead);
        await AfterMarksAsync();
        Assert.False(opening.IsCompleted);
        connection.LetGo();
        // From now on: not what came while it was away.
        await using var stream = await opening;
        await one.PublishAsync("topic=a&data=now");
        Assert.Equal("now", await stream.NextDataAsync());
        using var response = await revoked;
        var body = await response.Content.ReadAsStringAsync(Stop);
        Assert.DoesNotContain("meanwhile", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscriptions_that_began_or_ended_while_the_broker_was_away_are_told_when_it_is_back()
    {
        var connection = _broker.Connect();
        await using var one = await StartAsync(connection, lease: TimeSpan.FromSeconds(45));
        await using var two = await StartAsync(lease: TimeSpan.FromSeconds(45));
        var before = await one.OpenAsync("?match=before");
        await UntilListedAsync(two, "before");
        connection.Cut();
        await before.DisposeAsync();
        await using var meanwhile = await one.OpenAsync("?match=meanwhile");
        await UntilListedAsync(one, "meanwhile");
        connection.Mend();
        await UntilListedAsync(two, "meanwhile");
    }

    [Fact]
    public async Task Repeated_request_at_another_hub_is_answered_with_the_first_event()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var first = await PublishAsync(one, "key");
        var second = await PublishAsync(two, "key");
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Subscriptions_of_all_hubs_are_listed_at_each()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        await using (await one.OpenAsync("?match=a"))
        await using (await two.OpenAsync("?match=b"))
        {
            await UntilListedAsync(one, "a", "b");
            await UntilListedAsync(two, "a", "b");
            await using var three = await StartAsync();
            await UntilListedAsync(three, "a", "b");
        }
        await UntilListedAsync(one);
        await UntilListedAsync(two);
    }

    [Fact]
    public async Task Subscription_has_its_own_address_at_each_hub()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        await using var stream = await one.OpenAsync("?match=a");
        await UntilListedAsync(two, "a");
        var id = (await ListAsync(two)).Single()!["id"]!.GetValue<string>();
        using var response = await GetAsync(two, id);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(id, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Subscriptions_at_a_hub_that_is_gone_are_ended_by_events_and_told_again_when_it_was_only_cut_off()
    {
        var connection = _broker.Connect();
        await using var one = await StartAsync(connection);
        await using var two = await StartAsync();
        await using var three = await StartAsync();
        await using var stream = await one.OpenAsync("?match=a");
        await UntilListedAsync(two, "a");
        await using var watcher = await WatchAsync(two);

        connection.Cut();
        Assert.False((await NextAsync(watcher))["active"]!.GetValue<bool>());
        await UntilListedAsync(two);
        await UntilListedAsync(three);
        connection.Mend();
        // One end, though two hubs have noticed.
        Assert.True((await NextAsync(watcher))["active"]!.GetValue<bool>());
        await UntilListedAsync(two, "a");
        await UntilListedAsync(three, "a");
        await UntilListedAsync(one, "a");
    }

    [Fact]
    public async Task Revocation_at_one_hub_counts_at_all()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var token = TestToken.Granting("subscribe", "*").Sign();
        using (var before = await GetAsync(two, Root, token)) Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await one.Services.GetRequiredService<IStreamControl>().RevokeAsync(new() { Issuer = TestToken.Issuer, Subject = "someone" }, cancellationToken: Stop);
        while (true)
        {
            using var after = await GetAsync(two, Root, token);
            if (after.StatusCode == HttpStatusCode.Unauthorized) break;
            await Task.Delay(20, Stop);
        }
    }

    // What was asked before has come to the hubs.
    private async Task AfterMarksAsync()
    {
        var next = _broker.Next;
        while (_broker.Next < next + 4) await Task.Delay(10, Stop);
    }

    private Task<HubApplication> StartAsync(ISharedLog? connection = null, bool isReady = true, TimeSpan? lease = null)
    {
        var folder = Path.Combine(_folder, $"{++_hubs}");
        return StartedAsync(HubApplication.StartAsync(
            options =>
            {
                options.Data = folder;
                options.ClusterKey = "a secret of thirty-two bytes or more, of all";
                options.Subscriptions = true;
                options.BallastBytes = 0;
                options.HubLease = lease ?? TimeSpan.FromSeconds(1);
                options.Resource = TestToken.Resource;
                options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
            },
            builder => builder.Services.AddFonte().UseSharedLog(_ => connection ?? _broker.Connect())));

        async Task<HubApplication> StartedAsync(Task<HubApplication> starting)
        {
            var hub = await starting;
            while (isReady && !(await hub.Client.GetAsync("/readyz", Stop)).IsSuccessStatusCode) await Task.Delay(10, Stop);
            return hub;
        }
    }

    private static async Task<string> PublishAsync(HubApplication hub, string key)
    {
        using var response = await hub.PostAsync("application/x-www-form-urlencoded", "topic=a&data=1"u8.ToArray(), ("Idempotency-Key", $"\"{key}\""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    private static async Task UntilListedAsync(HubApplication hub, params string[] matches)
    {
        // Without the watchers.
        while (!(await ListAsync(hub)).Where(each => each!["match_type"]!.GetValue<string>() == "exact").Select(each => each!["match"]!.GetValue<string>()).Order().SequenceEqual(matches)) await Task.Delay(20, Stop);
    }

    private static async Task<JsonArray> ListAsync(HubApplication hub)
    {
        using var response = await GetAsync(hub, Root);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["subscriptions"]!.AsArray();
    }

    private static async Task<HttpResponseMessage> GetAsync(HubApplication hub, string path, string? token = null, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", token ?? Watching());
        return await hub.Client.SendAsync(request, completion, Stop);
    }

    private static async Task<EventStreamReader> WatchAsync(HubApplication hub)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Hub}?match_urlpattern={Uri.EscapeDataString(Root + "/exact/a/*")}");
        request.Headers.Authorization = new("Bearer", Watching());
        var response = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        return new(response, await response.Content.ReadAsStreamAsync(Stop));
    }

    private static async Task<JsonNode> NextAsync(EventStreamReader watcher) => JsonNode.Parse(await watcher.NextDataAsync())!;

    private static string Watching() => TestToken.Granting("subscribe", Root + "{/*}?", "urlpattern").With("sub", "watcher").Sign();
}
