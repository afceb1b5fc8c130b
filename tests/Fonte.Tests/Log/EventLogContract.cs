using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.Tests.Log;

/// <summary>What every log must do. One class for each implementation runs all of it.</summary>
public abstract class EventLogContract : IAsyncDisposable
{
    protected FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private readonly Lazy<IEventLog> _log;

    protected EventLogContract() => _log = new(() => Open());

    private protected IEventLog Log => _log.Value;

    private protected abstract IEventLog Open();

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public virtual async ValueTask DisposeAsync()
    {
        if (_log.IsValueCreated) await _log.Value.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void New_log_is_empty_and_begins_at_one()
    {
        Assert.Equal((1, 1), (Log.OldestOffset, Log.NextOffset));
        Assert.Empty(Log.Read(1, 10, 1000).Events);
        Assert.Null(Log.Fault);
        Assert.Equal([new LogEpoch(Log.Identity.Epoch, 1)], Log.Identity.Lineage);
    }

    [Fact]
    public async Task Appended_event_is_read_back_whole()
    {
        Time.Advance(TimeSpan.FromMicroseconds(7));
        var draft = new EventDraft
        {
            Topics = ["https://example.com/é", "b"],
            Data = Encoding.UTF8.GetBytes("a\0\r\n😀"),
            Id = "mine",
            Type = "update",
            RetryMilliseconds = 0,
            Private = true,
        };
        Assert.Equal(new AppendResult(AppendOutcome.Appended, 1), await Log.AppendAsync(draft, Stop));
        var logged = Assert.Single(Log.Read(1, 10, 1000).Events);
        Assert.Equal(1, logged.Offset);
        Assert.Equal(Time.GetUnixMicroseconds(), logged.TimeMicroseconds);
        Assert.Equal(draft.Topics, logged.Topics);
        Assert.Equal(draft.Data.ToArray(), logged.Data.ToArray());
        Assert.Equal(("mine", "update", 0, true), (logged.Id, logged.Type, logged.RetryMilliseconds, logged.Private));
    }

    [Fact]
    public async Task Event_with_only_a_topic_is_read_back_with_nothing_else()
    {
        await AppendAsync("a", "");
        var logged = Assert.Single(Log.Read(1, 10, 1000).Events);
        Assert.Equal((0, null, null, null, false), (logged.Data.Length, logged.Id, logged.Type, logged.RetryMilliseconds, logged.Private));
    }

    [Fact]
    public async Task Offsets_follow_the_order_of_acknowledgement()
    {
        for (var n = 1; n <= 5; n++) Assert.Equal(n, await AppendAsync("a", $"{n}"));
        Assert.Equal(6, Log.NextOffset);
        Assert.Equal(["1", "2", "3", "4", "5"], Log.Read(1, 10, 10_000).Events.Select(DataOf));
    }

    [Fact]
    public async Task Read_stops_after_so_many_events_or_bytes_and_says_where_to_go_on()
    {
        for (var n = 1; n <= 5; n++) await AppendAsync("a", $"{n}");
        var two = Log.Read(2, maxEvents: 2, long.MaxValue);
        Assert.Equal((2, 4), (two.From, two.Next));
        Assert.Equal(["2", "3"], two.Events.Select(DataOf));
        var one = Log.Read(4, maxEvents: 10, maxBytes: 1);
        Assert.Equal((5, "4"), (one.Next, DataOf(Assert.Single(one.Events))));
        var rest = Log.Read(4, maxEvents: 10, long.MaxValue);
        Assert.Equal((6, 2), (rest.Next, rest.Events.Count));
    }

    [Fact]
    public async Task Read_at_the_tail_is_empty_and_stays_there()
    {
        await AppendAsync("a", "1");
        var slice = Log.Read(2, 10, 1000);
        Assert.Equal((2, 2, 0), (slice.From, slice.Next, slice.Events.Count));
    }

    [Fact]
    public async Task Waiting_for_the_tail_ends_when_it_moves()
    {
        var waiting = Log.WaitForTailAsync(1, Stop);
        Assert.False(waiting.IsCompleted);
        await AppendAsync("a", "1");
        await waiting;
        Assert.True(Log.WaitForTailAsync(1, Stop).IsCompletedSuccessfully);
        Assert.False(Log.WaitForTailAsync(2, Stop).IsCompleted);
    }

    [Fact]
    public async Task Waiting_for_the_tail_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = Log.WaitForTailAsync(1, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Id_that_a_publisher_gave_is_found_at_its_earliest_event()
    {
        await AppendAsync("a", "1", id: "x");
        await AppendAsync("a", "2", id: "y");
        await AppendAsync("a", "3", id: "x");
        Assert.Equal((1, 2, null), (Log.FindEventId("x"), Log.FindEventId("y"), Log.FindEventId("z")));
    }

    [Fact]
    public async Task Commit_time_never_goes_back()
    {
        await AppendAsync("a", "1");
        Time.AdjustTime(Time.GetUtcNow() - TimeSpan.FromHours(1));
        await AppendAsync("a", "2");
        var times = Log.Read(1, 10, 10_000).Events.Select(logged => logged.TimeMicroseconds).ToList();
        Assert.Equal(times[0], times[1]);
    }

    [Fact]
    public async Task Many_publishers_at_once_get_one_order_without_holes()
    {
        var offsets = await Task.WhenAll(Enumerable.Range(0, 32).Select(publisher => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var n = 0; n < 50; n++) mine.Add(await AppendAsync("a", $"{publisher}:{n}"));
            return mine;
        }, Stop)));
        Assert.All(offsets, mine => Assert.Equal(mine.Order(), mine));
        Assert.Equal(Enumerable.Range(1, 1600).Select(n => (long)n), offsets.SelectMany(mine => mine).Order());
        var read = ReadAll();
        foreach (var (mine, publisher) in offsets.Select((mine, publisher) => (mine, publisher)))
            Assert.All(mine, (offset, n) => Assert.Equal($"{publisher}:{n}", DataOf(read[(int)offset - 1])));
    }

    [Fact]
    public async Task Closed_log_refuses_to_append()
    {
        var log = Log;
        await log.DisposeAsync();
        Assert.Equal(AppendOutcome.Unavailable, (await log.AppendAsync(EventDraft.Create("a", "1"), Stop)).Outcome);
    }

    [Fact]
    public async Task Any_event_is_read_back_as_it_was()
    {
        var rune = Gen.Int[0x20, 0x10FFFF].Where(Rune.IsValid).Select(value => new Rune(value).ToString()).Where(text => TextRules.IsClean(text));
        var topic = rune.Array[1, 20].Select(string.Concat);
        var events = Gen.Select(topic.Array[1, 4], Gen.Byte.Array, topic.Null(), topic.Null(), Gen.Bool);
        await events.SampleAsync(async sample =>
        {
            var (topics, data, id, type, isPrivate) = sample;
            var appended = await Log.AppendAsync(new EventDraft { Topics = topics, Data = data, Id = id, Type = type, Private = isPrivate }, Stop);
            var logged = Log.Read(appended.Offset, 1, 1).Events[0];
            return logged.Topics.SequenceEqual(topics) && logged.Data.Span.SequenceEqual(data)
                && logged.Id == id && logged.Type == type && logged.Private == isPrivate;
        }, iter: 200, threads: 1);
    }

    [Fact]
    public async Task Events_of_one_request_stand_side_by_side()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(request => Task.Run(
            () => Log.AppendAsync(new PublishRequest { Events = [.. Enumerable.Range(0, 50).Select(n => EventDraft.Create("a", $"{request}:{n}"))] }, Stop).AsTask(), Stop)));
        var read = ReadAll();
        foreach (var (result, request) in results.Select((result, request) => (result, request)))
        {
            Assert.Equal(AppendOutcome.Appended, result.Outcome);
            Assert.Equal(Enumerable.Range(0, 50).Select(n => $"{request}:{n}"), read.Skip((int)result.Offset - 1).Take(50).Select(DataOf));
        }
    }

    [Fact]
    public async Task Repeated_request_with_the_same_key_is_answered_with_the_earlier_place()
    {
        await AppendAsync("a", "before");
        var first = await Log.AppendAsync(Keyed("k", "1", "2"), Stop);
        Assert.Equal(new AppendResult(AppendOutcome.Appended, 2), first);
        Assert.Equal(new AppendResult(AppendOutcome.AlreadyAppended, 2), await Log.AppendAsync(Keyed("k", "1", "2"), Stop));
        Assert.Equal(AppendOutcome.KeyReused, (await Log.AppendAsync(Keyed("k", "1", "other"), Stop)).Outcome);
        Assert.Equal(new AppendResult(AppendOutcome.Appended, 4), await Log.AppendAsync(Keyed("another", "1", "2"), Stop));
        Assert.Equal(6, Log.NextOffset);
    }

    [Fact]
    public async Task Same_key_of_another_scope_is_another_key()
    {
        await Log.AppendAsync(Keyed("k", "1"), Stop);
        var other = new PublishRequest { Events = [EventDraft.Create("a", "1")], IdempotencyKey = new("k", "somebody") };
        Assert.Equal(new AppendResult(AppendOutcome.Appended, 2), await Log.AppendAsync(other, Stop));
    }

    [Fact]
    public async Task Requests_with_the_same_key_at_the_same_time_are_appended_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(n => Task.Run(() => Log.AppendAsync(Keyed($"k{n % 4}", $"{n % 4}"), Stop).AsTask(), Stop)));
        Assert.Equal(5, Log.NextOffset);
        Assert.Equal(4, results.Count(result => result.Outcome == AppendOutcome.Appended));
        Assert.Equal(60, results.Count(result => result.Outcome == AppendOutcome.AlreadyAppended));
        foreach (var same in results.Select((result, n) => (result, n)).GroupBy(one => one.n % 4)) Assert.Single(same.Select(one => one.result.Offset).Distinct());
    }

    [Fact]
    public async Task Key_is_forgotten_after_a_day()
    {
        await Log.AppendAsync(Keyed("k", "1"), Stop);
        Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(AppendOutcome.AlreadyAppended, (await Log.AppendAsync(Keyed("k", "1"), Stop)).Outcome);
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new AppendResult(AppendOutcome.Appended, 2), await Log.AppendAsync(Keyed("k", "1"), Stop));
    }

    [Fact]
    public async Task Time_is_found_at_the_first_event_that_is_not_older()
    {
        var times = new List<long>();
        for (var n = 0; n < 20; n++)
        {
            times.Add(Time.GetUnixMicroseconds());
            await AppendAsync("a", $"{n}");
            if (n % 3 == 0) Time.Advance(TimeSpan.FromMilliseconds(10));
        }
        foreach (var time in times.Distinct().SelectMany(time => new[] { time - 1, time, time + 1 }))
        {
            var older = times.Count(one => one < time);
            Assert.Equal(older + 1, Log.FindTime(time));
        }
    }

    [Fact]
    public async Task Read_of_topics_gives_their_events_and_no_other()
    {
        for (var n = 0; n < 300; n++) await Log.AppendAsync(new EventDraft { Topics = n % 7 == 0 ? [$"t{n % 5}", "seventh"] : [$"t{n % 5}"], Data = Encoding.UTF8.GetBytes($"{n}") }, Stop);
        var topics = new TopicSelection([TopicMatcher.Exact("t3"), TopicMatcher.Exact("seventh")]);
        var read = new List<string>();
        for (var from = 5L; from < Log.NextOffset;)
        {
            var slice = Log.Read(topics, from, maxEvents: 7, long.MaxValue);
            Assert.True(slice.Next > from);
            read.AddRange(slice.Events.Select(DataOf));
            from = slice.Next;
        }
        Assert.Equal(Enumerable.Range(4, 296).Where(n => n % 5 == 3 || n % 7 == 0).Select(n => $"{n}"), read);
    }

    private protected static PublishRequest Keyed(string key, params string[] data) =>
        new() { Events = [.. data.Select(one => EventDraft.Create("a", one))], IdempotencyKey = new(key) };

    private protected async Task<long> AppendAsync(string topic, string data, string? id = null)
    {
        var result = await Log.AppendAsync(new EventDraft { Topics = [topic], Data = Encoding.UTF8.GetBytes(data), Id = id }, Stop);
        Assert.Equal(AppendOutcome.Appended, result.Outcome);
        return result.Offset;
    }

    private protected List<LoggedEvent> ReadAll()
    {
        var all = new List<LoggedEvent>();
        for (var from = Log.OldestOffset; from < Log.NextOffset;)
        {
            var slice = Log.Read(from, 1000, long.MaxValue);
            all.AddRange(slice.Events);
            from = slice.Next;
        }
        return all;
    }

    private protected static string DataOf(LoggedEvent logged) => Encoding.UTF8.GetString(logged.Data.Span);
}
