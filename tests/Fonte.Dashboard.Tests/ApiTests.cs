using System.Net;
using System.Text.Json;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.Dashboard.Tests;

public sealed class ApiTests
{
    [Fact]
    public async Task State_tells_of_the_log_and_of_what_was_published_and_delivered()
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        Assert.False((await dashboard.GetAsync("api/state")).GetProperty("log").TryGetProperty("firstPosition", out _));
        await using var stream = await dashboard.Application.OpenAsync("?match=a");
        await stream.ReadUntilAsync("id: ");
        await dashboard.PublishAsync("topic=a&data=1");
        var last = await dashboard.PublishAsync("topic=b&data=2");
        Assert.Equal("1", await stream.NextDataAsync());

        var state = await dashboard.GetAsync("api/state");
        Assert.Empty(state.GetProperty("faults").EnumerateArray());
        Assert.Equal(1, state.GetProperty("connections").GetInt32());
        Assert.Equal(2, state.GetProperty("published").GetInt64());
        var log = state.GetProperty("log");
        Assert.Equal(2, log.GetProperty("next").GetInt64() - log.GetProperty("oldest").GetInt64());
        Assert.Equal(last.GetProperty("id").GetString(), log.GetProperty("lastPosition").GetString());
        Assert.True(log.GetProperty("bytes").GetInt64() > 0);
        Assert.True(state.GetProperty("retention").GetProperty("inMemory").GetBoolean());
    }

    [Fact]
    public async Task Connections_are_told_with_matchers_position_and_lag_and_ended_ones_are_counted_by_reason()
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        var leaving = await dashboard.Application.OpenAsync("?match=gone");
        await leaving.ReadUntilAsync("id: ");
        await using var stream = await dashboard.Application.OpenAsync("?match=a&match_urlpattern=/b/:id");
        await stream.ReadUntilAsync("id: ");
        var id = (await dashboard.PublishAsync("topic=a&data=1")).GetProperty("id").GetString();
        await stream.NextDataAsync();
        Assert.Equal(2, (await dashboard.GetAsync("api/connections")).GetProperty("total").GetInt32());

        await leaving.DisposeAsync();
        JsonElement answer;
        do answer = await dashboard.GetAsync("api/connections");
        while (answer.GetProperty("total").GetInt32() > 1);
        var connection = answer.GetProperty("connections").EnumerateArray().Single();
        Assert.Equal(["a", "urlpattern /b/:id"], connection.GetProperty("matchers").EnumerateArray().Select(matcher => matcher.GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(id, connection.GetProperty("position").GetString());
        Assert.Equal(0, connection.GetProperty("lag").GetInt64());
        Assert.Equal("live", connection.GetProperty("state").GetString());
        Assert.InRange(connection.GetProperty("ageSeconds").GetDouble(), 0, 30);
        while (answer.GetProperty("ended").GetProperty("client-gone").GetInt64() == 0) answer = await dashboard.GetAsync("api/connections");
    }

    [Fact]
    public async Task Stream_sums_up_events_also_private_ones_from_any_place_under_their_positions()
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        await dashboard.PublishAsync("topic=a&topic=b&data=secret&private=on&type=state&id=mine");
        await dashboard.PublishAsync("topic=b&id=mine&data=" + string.Concat(Enumerable.Repeat("%C3%A9", 300)) + "%0Aend");
        await using var stream = await dashboard.Application.OpenAsync("?match=b&last_event_id=earliest", path: "/dashboard/api/events");
        var first = await stream.NextAsync();
        var second = await stream.NextAsync();

        Assert.Equal("message", first.EventType);
        var summary = JsonDocument.Parse(first.Data).RootElement;
        Assert.Equal(("state", "secret", 6, true), (summary.GetProperty("type").GetString(), summary.GetProperty("text").GetString(), summary.GetProperty("bytes").GetInt32(), summary.GetProperty("private").GetBoolean()));
        Assert.Equal(["a", "b"], summary.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()));
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - summary.GetProperty("time").GetInt64(), 0, 60_000);
        // No half character.
        Assert.Equal(new string('é', 256), JsonDocument.Parse(second.Data).RootElement.GetProperty("text").GetString());
        Assert.Equal(604, JsonDocument.Parse(second.Data).RootElement.GetProperty("bytes").GetInt32());

        // Two events have the same ID of their publisher, and each its own position, which is also where to go on.
        foreach (var (received, size) in new[] { (first, 6), (second, 604) })
            Assert.Equal(size, (await dashboard.GetAsync("api/event?id=" + received.EventId)).GetProperty("bytes").GetInt32());
        await using var resumed = await dashboard.Application.OpenAsync("?match=b&last_event_id=" + first.EventId, path: "/dashboard/api/events");
        Assert.Equal(second.EventId, (await resumed.NextAsync()).EventId);
    }

    [Theory]
    [InlineData("match=a&last_event_id=earliest", 200)]
    [InlineData("match_urlpattern=(", 400)]
    [InlineData("match=%E2%80%8F", 400)]
    [InlineData("match=a&since=yesterday", 400)]
    [InlineData("", 400)]
    public async Task Selection_is_checked_as_the_stream_would(string query, int expected)
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        Assert.Equal((HttpStatusCode)expected, await dashboard.StatusAsync(HttpMethod.Get, "api/selection?" + query));
        Assert.Equal((HttpStatusCode)expected, await dashboard.StatusAsync(HttpMethod.Get, "api/events?" + query));
    }

    [Fact]
    public async Task Delivery_lags_are_counted_by_steps_of_at_most_a_quarter()
    {
        var totals = new HubTotals();
        foreach (var lag in (long[])[0, 3, 4, 999, 1000, 1_000_000, long.MaxValue]) totals.Flushed(lag);
        Assert.Equal([(1, 1), (4, 1), (5, 1), (1024, 2), (1_048_576, 1), (1L << 39, 1)], totals.Lags);

        await using var dashboard = await DashboardApplication.StartAsync();
        await using var stream = await dashboard.Application.OpenAsync("?match=a");
        await stream.ReadUntilAsync("id: ");
        await dashboard.PublishAsync("topic=a&data=1");
        await stream.NextDataAsync();
        JsonElement state;
        do state = await dashboard.GetAsync("api/state");
        while (state.GetProperty("lags").GetArrayLength() == 0);
        Assert.Equal(1, state.GetProperty("lags")[0][1].GetInt64());
        Assert.Equal(state.GetProperty("run").GetString(), (await dashboard.GetAsync("api/state")).GetProperty("run").GetString());
    }

    [Fact]
    public async Task Form_may_be_three_times_as_long_as_the_data_that_it_may_hold()
    {
        await using var dashboard = await DashboardApplication.StartAsync(configure: options => options.MaxBodyBytes = 1000);
        var whole = string.Concat(Enumerable.Repeat("%C3%A9", 500));
        Assert.Equal(HttpStatusCode.OK, await dashboard.StatusAsync(HttpMethod.Post, "api/publish", "topic=a&data=" + whole, origin: dashboard.Application.Address));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await dashboard.StatusAsync(HttpMethod.Post, "api/publish", "topic=a&data=x" + whole, origin: dashboard.Application.Address));
    }

    [Fact]
    public async Task One_event_is_told_as_the_log_holds_it_by_its_ID_or_position()
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        await dashboard.PublishAsync("topic=a&topic=b&data=%C3%A9&private=on&type=t&id=mine&retry=9");
        var found = await dashboard.GetAsync("api/event?id=mine");
        Assert.Equal("mine", found.GetProperty("id").GetString());
        Assert.Equal("t", found.GetProperty("type").GetString());
        Assert.Equal(2, found.GetProperty("bytes").GetInt32());
        Assert.Equal("é", found.GetProperty("data").GetString());
        Assert.True(found.GetProperty("private").GetBoolean());
        Assert.Equal(9, found.GetProperty("retry").GetInt32());
        Assert.Equal(["a", "b"], found.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()));
        Assert.InRange(DateTimeOffset.UtcNow - found.GetProperty("time").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        var position = found.GetProperty("position").GetString()!;
        Assert.Equal("mine", (await dashboard.GetAsync("api/event?id=" + position)).GetProperty("id").GetString());
        foreach (var id in (string[])["", "other", position + "0"]) Assert.Equal(HttpStatusCode.NotFound, await dashboard.StatusAsync(HttpMethod.Get, "api/event?id=" + id));
    }

    [Fact]
    public async Task Matcher_is_explained_and_a_wrong_one_refused()
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        var yes = await dashboard.GetAsync("api/match?pattern=/books/:id&topic=/books/7");
        Assert.True(yes.GetProperty("matches").GetBoolean());
        var group = yes.GetProperty("components").EnumerateArray().Single(component => component.GetProperty("name").GetString() == "pathname").GetProperty("groups").EnumerateArray().Single();
        Assert.Equal(("id", "7"), (group.GetProperty("name").GetString(), group.GetProperty("value").GetString()));
        Assert.False((await dashboard.GetAsync("api/match?pattern=/books/:id&topic=/films/7")).GetProperty("matches").GetBoolean());
        Assert.True((await dashboard.GetAsync("api/match?pattern=*&topic=anything")).GetProperty("all").GetBoolean());
        foreach (var wrong in (string[])["pattern=&topic=a", "pattern=a&topic=", "pattern=%28&topic=a", "pattern=a&topic=%00", "pattern=" + new string('a', 2049) + "&topic=a"])
            Assert.Equal(HttpStatusCode.BadRequest, await dashboard.StatusAsync(HttpMethod.Get, "api/match?" + wrong));
    }

    [Theory]
    [InlineData("data=1", 400)]
    [InlineData("topic=a&type=fonte-gap", 400)]
    [InlineData("topic=" + Hub + "/subscriptions", 400)]
    public async Task What_cannot_be_published_is_refused_as_the_hub_does(string form, int expected)
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        Assert.Equal((HttpStatusCode)expected, await dashboard.StatusAsync(HttpMethod.Post, "api/publish", form, origin: dashboard.Application.Address));
    }
}
