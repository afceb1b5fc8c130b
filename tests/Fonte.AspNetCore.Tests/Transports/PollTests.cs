using System.Net;
using System.Text.Json;
using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fonte.AspNetCore.Tests.Transports;

/// <summary>Polls and long polls over HTTP.</summary>
public class PollTests
{
    private const string Poll = "/fonte/poll";

    private protected virtual Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null) => HubApplication.StartAsync(configure);

    [Fact]
    public async Task Empty_answer_has_the_position_to_go_on_from()
    {
        await using var app = await StartAsync();
        await app.PublishAsync("topic=a&data=before");
        using var first = await PollAsync(app, "?match=a");
        Assert.Empty(first.RootElement.GetProperty("events").EnumerateArray());
        var id = await app.PublishAsync("topic=a&data=1");
        var other = await app.PublishAsync("topic=b&data=2");
        using var second = await PollAsync(app, "?match=a&last_event_id=" + PositionOf(first));
        Assert.Equal(id, second.RootElement.GetProperty("events")[0].GetProperty("id").GetString());
        // What is of no interest is behind it too, and is not looked at again.
        Assert.Equal(other, PositionOf(second));
    }

    [Fact]
    public async Task What_is_acknowledged_is_in_the_next_answer()
    {
        await using var app = await StartAsync();
        using var start = await PollAsync(app, "?match=a");
        var position = PositionOf(start);
        for (var n = 0; n < 200; n++)
        {
            var id = await app.PublishAsync($"topic=a&data={n}");
            using var answer = await PollAsync(app, "?match=a&last_event_id=" + position);
            Assert.Equal(id, answer.RootElement.GetProperty("events")[0].GetProperty("id").GetString());
            position = PositionOf(answer);
        }
    }

    [Fact]
    public async Task Event_has_all_its_members()
    {
        await using var app = await StartAsync();
        await app.PublishAsync("topic=a&topic=b&id=7&type=update&retry=5000&data=" + WebUtility.UrlEncode("one\r\n\"two\"\u2028</script>\0"));
        using var answer = await PollAsync(app, "?match=b&last_event_id=earliest");
        Assert.Equal("""{"id":"7","type":"update","topics":["a","b"],"data":"one\n\"two\"\u2028</script>\u0000","retry":5000}""", answer.RootElement.GetProperty("events")[0].GetRawText());
    }

    [Fact]
    public async Task Chain_of_polls_gets_every_event_once_and_in_order()
    {
        await using var app = await StartAsync();
        const int events = 400;
        var publishing = Task.Run(async () =>
        {
            for (var n = 0; n < events; n++) await app.PublishAsync($"topic={(n % 3 == 0 ? "b" : "a")}&data={n} {new string('x', n * 7)}");
        }, HubApplication.Stop);
        var got = new List<int>();
        var wanted = Enumerable.Range(0, events).Where(n => n % 3 != 0).ToList();
        for (var position = "earliest"; got.Count < wanted.Count;)
        {
            using var answer = await PollAsync(app, $"?match=a&wait={got.Count % 2}&last_event_id={position}");
            position = PositionOf(answer);
            got.AddRange(answer.RootElement.GetProperty("events").EnumerateArray().Select(known => int.Parse(known.GetProperty("data").GetString()!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
        }
        await publishing;
        Assert.Equal(wanted, got);
    }

    [Fact]
    public async Task Answer_is_bounded_but_for_the_one_event_that_is_larger()
    {
        await using var app = await StartAsync();
        for (var n = 0; n < 5; n++) await app.PublishAsync($"topic=a&data={new string('x', 30_000)}");
        await app.PublishAsync($"topic=a&data={new string('y', 1_000_000)}");
        using var answer = await PollAsync(app, "?match=a&last_event_id=earliest");
        Assert.Equal(2, answer.RootElement.GetProperty("events").GetArrayLength());
        var position = PositionOf(answer);
        for (var rest = 4; rest > 0;)
        {
            using var next = await PollAsync(app, "?match=a&last_event_id=" + position);
            position = PositionOf(next);
            rest -= next.RootElement.GetProperty("events").GetArrayLength();
        }
    }

    [Fact]
    public async Task Long_polls_are_all_answered_by_one_event()
    {
        await using var app = await StartAsync();
        var hub = app.Services.GetRequiredService<FonteHost>().HubIfReady!;
        var polls = Enumerable.Range(0, 300).Select(_ => PollAsync(app, "?match=a&wait=50")).ToList();
        while (hub.Subscribers < polls.Count) await Task.Yield();
        Assert.DoesNotContain(polls, poll => poll.IsCompleted);
        var id = await app.PublishAsync("topic=a&data=now");
        foreach (var answer in await Task.WhenAll(polls))
        {
            using (answer) Assert.Equal(id, answer.RootElement.GetProperty("events")[0].GetProperty("id").GetString());
        }
        Assert.Equal(0, hub.Subscribers);
    }

    [Fact]
    public async Task Long_poll_without_an_event_is_answered_with_a_position_at_the_end_of_its_time()
    {
        await using var app = await StartAsync();
        using var answer = await PollAsync(app, "?match=a&wait=1");
        Assert.Empty(answer.RootElement.GetProperty("events").EnumerateArray());
        Assert.StartsWith("urn:fonte:", PositionOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_that_goes_while_it_waits_leaves_nothing_behind()
    {
        await using var app = await StartAsync();
        var hub = app.Services.GetRequiredService<FonteHost>().HubIfReady!;
        using var gone = new CancellationTokenSource();
        var poll = app.Client.GetAsync(new Uri(Poll + "?match=a&wait=50", UriKind.Relative), gone.Token);
        while (hub.Subscribers == 0) await Task.Yield();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        while (hub.Subscribers > 0) await Task.Yield();
    }

    [Theory]
    [InlineData("wait=0")]
    [InlineData("wait=50")]
    public async Task Gap_is_told_at_once_and_once(string wait)
    {
        await using var app = await StartAsync();
        using (var nothing = await PollAsync(app, $"?match=a&last_event_id=nope&{wait}"))
        {
            Assert.Equal("unknown", nothing.RootElement.GetProperty("gap").GetProperty("reason").GetString());
            Assert.Empty(nothing.RootElement.GetProperty("events").EnumerateArray());
        }
        await app.PublishAsync("topic=a&data=1");
        using var answer = await PollAsync(app, $"?match=a&last_event_id=nope&{wait}");
        Assert.Equal("nope", answer.RootElement.GetProperty("gap").GetProperty("from").GetString());
        Assert.Equal("1", answer.RootElement.GetProperty("events")[0].GetProperty("data").GetString());
        using var next = await PollAsync(app, "?match=a&last_event_id=" + PositionOf(answer));
        Assert.False(next.RootElement.TryGetProperty("gap", out _));
    }

    [Theory]
    [InlineData("match=a&wait=99999", "wait-invalid")]
    [InlineData("match=a&wait=56", "wait-invalid")]
    [InlineData("match=a&wait=x", "wait-invalid")]
    [InlineData("match=a&wait=-1", "wait-invalid")]
    [InlineData("match=a&wait=1.5", "wait-invalid")]
    [InlineData("match=a&wait=", "wait-invalid")]
    [InlineData("match=a&wait=1%00", "wait-invalid")]
    [InlineData("match=a&wait=1&wait=1", "wait-invalid")]
    [InlineData("wait=1", "match-missing")]
    [InlineData("match_urlpattern=(&wait=1", "match-invalid")]
    public async Task Wrong_parameter_is_a_sentence(string query, string problem)
    {
        await using var app = await StartAsync();
        using var response = await app.Client.GetAsync(new Uri(Poll + "?" + query, UriKind.Relative), HubApplication.Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("urn:fonte:problem:" + problem, await response.Content.ReadAsStringAsync(HubApplication.Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_events_need_a_token_and_other_topics_of_theirs_are_not_told()
    {
        await using var app = await StartAsync(options =>
        {
            options.Resource = TestToken.Resource;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        });
        await app.PublishAsync("topic=a&topic=users/1&private=on&data=secret");
        using var anonymous = await PollAsync(app, "?match=*&last_event_id=earliest");
        Assert.Empty(anonymous.RootElement.GetProperty("events").EnumerateArray());
        using var request = new HttpRequestMessage(HttpMethod.Get, Poll + "?match=users/1&last_event_id=earliest");
        request.Headers.Authorization = new("Bearer", TestToken.Granting("subscribe", "users/1").Sign());
        using var response = await app.Client.SendAsync(request, HubApplication.Stop);
        using var granted = JsonDocument.Parse(await response.Content.ReadAsStringAsync(HubApplication.Stop));
        Assert.Equal("""["a"]""", granted.RootElement.GetProperty("events")[0].GetProperty("topics").GetRawText());
    }

    [Fact]
    public async Task Where_subscribing_needs_a_token_so_does_polling()
    {
        await using var app = await StartAsync(options => options.AnonymousSubscribe = false);
        using var response = await app.Client.GetAsync(new Uri(Poll + "?match=a", UriKind.Relative), HubApplication.Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("resource_metadata", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_that_waits_ends_when_its_token_is_revoked()
    {
        await using var app = await StartAsync(options =>
        {
            options.Resource = TestToken.Resource;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        });
        var hub = app.Services.GetRequiredService<FonteHost>().HubIfReady!;
        using var request = new HttpRequestMessage(HttpMethod.Get, Poll + "?match=a&wait=50");
        request.Headers.Authorization = new("Bearer", TestToken.Granting("subscribe", "a").With("sub", "someone else").Sign());
        var polling = app.Client.SendAsync(request, HubApplication.Stop);
        while (hub.Subscribers == 0) await Task.Yield();
        await app.Services.GetRequiredService<IStreamControl>().RevokeAsync(new(TestToken.Issuer, Subject: "someone else"), cancellationToken: HubApplication.Stop);
        using var answer = await polling;
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("invalid_token", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Position_that_retention_has_passed_is_a_gap_and_then_all_that_is_kept_comes_once()
    {
        await using var app = await StartAsync(options => options.MemoryLogBytes = 64 * 1024);
        var first = await app.PublishAsync("topic=a&data=0");
        for (var n = 1; n <= 200; n++) await app.PublishAsync($"topic=a&data={n}{new string('x', 1000)}");

        using var gap = await PollAsync(app, "?match=a&last_event_id=" + first);
        Assert.Equal("truncated", gap.RootElement.GetProperty("gap").GetProperty("reason").GetString());
        var received = new List<int>();
        var answer = gap;
        do
        {
            received.AddRange(answer.RootElement.GetProperty("events").EnumerateArray().Select(each => int.Parse(each.GetProperty("data").GetString()!.TrimEnd('x'), System.Globalization.CultureInfo.InvariantCulture)));
            var position = PositionOf(answer);
            if (answer != gap) answer.Dispose();
            answer = await PollAsync(app, "?match=a&last_event_id=" + position);
            Assert.False(answer.RootElement.TryGetProperty("gap", out _));
        }
        while (answer.RootElement.GetProperty("events").GetArrayLength() > 0);
        answer.Dispose();
        Assert.InRange(received.Count, 10, 100);
        Assert.Equal(Enumerable.Range(201 - received.Count, received.Count), received);
    }

    [Fact]
    public async Task Log_that_cannot_be_read_is_a_503_and_the_poll_may_be_repeated()
    {
        // The hub closes it.
        var log = new UnreadableLog(new MemoryEventLog(1024 * 1024, TimeProvider.System));
        // Before the hub looks, so that the recent window does not have it.
        for (var n = 0; n < 3; n++) await log.AppendAsync(PublishRequest.Of(EventDraft.Create("a", $"{n}")), HubApplication.Stop);
        await using var app = await HubApplication.StartAsync(useLog: log);
        log.IsUnreadable = true;
        using var refused = await app.Client.GetAsync(new Uri(Poll + "?match=a&last_event_id=earliest", UriKind.Relative), HubApplication.Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        log.IsUnreadable = false;
        using var answer = await PollAsync(app, "?match=a&last_event_id=earliest");
        Assert.Equal(3, answer.RootElement.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task Hub_that_stops_answers_who_waits()
    {
        await using var app = await StartAsync();
        var hub = app.Services.GetRequiredService<FonteHost>().HubIfReady!;
        var poll = PollAsync(app, "?match=a&wait=50");
        while (hub.Subscribers == 0) await Task.Yield();
        await app.StopAsync();
        using var answer = await poll;
        Assert.Empty(answer.RootElement.GetProperty("events").EnumerateArray());
    }

    private static string PositionOf(JsonDocument answer) => answer.RootElement.GetProperty("last_event_id").GetString()!;

    private static async Task<JsonDocument> PollAsync(HubApplication app, string query)
    {
        using var response = await app.Client.GetAsync(new Uri(Poll + query, UriKind.Relative), HubApplication.Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(HubApplication.Stop));
    }
}

/// <summary>The same where event streams go straight to the socket, as in the server.</summary>
public sealed class DirectPollTests : PollTests
{
    private protected override Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null) => HubApplication.StartDirectAsync(configure);
}
