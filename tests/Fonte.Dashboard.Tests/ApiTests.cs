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
    public async Task Stream_has_private_events_too_from_any_place_in_objects_with_their_topics()
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        await dashboard.PublishAsync("topic=a&topic=b&data=secret&private=on&type=t");
        await using var stream = await dashboard.Application.OpenAsync("?match=b&last_event_id=earliest", path: "/dashboard/api/events");
        var received = await stream.NextAsync();
        Assert.Equal("t", received.EventType);
        // Of a private event its first topic, as on every stream.
        Assert.Equal("""{"topics":["a"],"data":"secret"}""", received.Data);
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
