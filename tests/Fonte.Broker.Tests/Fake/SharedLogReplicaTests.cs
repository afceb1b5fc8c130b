using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>Replicas of a shared log, on a broker of which everything can be made to go wrong.</summary>
public sealed class SharedLogReplicaTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-replica").FullName;
    private readonly FakeBroker _broker = new();

    public void Dispose()
    {
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nodes_have_the_same_events_at_the_same_places()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        for (var n = 0; n < 100; n++) Assert.Equal(AppendOutcome.Appended, (await (n % 2 == 0 ? one : two).AppendAsync($"t{n % 7}", $"{n}")).Outcome);
        await using var three = await StartAsync("3");
        foreach (var node in (TestNode[])[one, two, three]) await node.CurrentAsync(one.Events()[^1].Offset + 1);
        var expected = Described(one);
        Assert.Equal(100, expected.Count);
        Assert.Equal(expected, Described(two));
        Assert.Equal(expected, Described(three));
        Assert.Equal(one.Log.Identity.Epoch, three.Log.Identity.Epoch);
        Assert.Equal(one.Log.Identity.Epoch, two.Log.Identity.Epoch);
    }

    [Fact]
    public async Task Append_completes_when_the_event_is_here_and_tells_its_place()
    {
        await using var node = await StartAsync("1");
        _broker.Skip();
        var result = await node.AppendAsync("a", "1");
        Assert.Equal("1", Encoding.UTF8.GetString(node.Log.Read(result.Offset, 1, 1).Events.Single().Data.Span));
        Assert.Equal(node.Log.Read(result.Offset, 1, 1).Events.Single().Offset, result.Offset);
        Assert.Equal([result.Offset], result.Offsets);
    }

    [Fact]
    public async Task Several_events_of_a_request_have_places_of_their_own()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        var events = Enumerable.Range(0, 50).Select(n => EventDraft.Create("a", $"{n}")).ToList();
        var both = await Task.WhenAll(one.Log.AppendAsync(new() { Events = events }, Stop).AsTask(), two.Log.AppendAsync(new() { Events = events }, Stop).AsTask());
        foreach (var result in both)
        {
            Assert.Equal(AppendOutcome.Appended, result.Outcome);
            for (var n = 0; n < events.Count; n++) Assert.Equal($"{n}", Encoding.UTF8.GetString(one.Log.Read(result.Offsets![n], 1, 1).Events.Single().Data.Span));
        }
    }

    [Fact]
    public async Task Repeated_request_at_another_node_is_one_event()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        var first = await one.AppendAsync("a", "1", key: "k");
        var second = await two.AppendAsync("a", "1", key: "k");
        Assert.Equal((AppendOutcome.AlreadyAppended, first.Offset), (second.Outcome, second.Offset));
        Assert.Equal(AppendOutcome.KeyReused, (await two.AppendAsync("a", "2", key: "k")).Outcome);
        await two.AppendAsync("a", "3");
        await one.CurrentAsync(two.Log.NextOffset);
        Assert.Equal(["1", "3"], one.Data());
        Assert.Equal(["1", "3"], two.Data());
    }

    [Fact]
    public async Task Request_that_came_half_way_is_completed_by_its_repetition()
    {
        await using var node = await StartAsync("1");
        var events = Enumerable.Range(0, 3).Select(n => EventDraft.Create("a", $"{n}")).ToList();
        var request = new PublishRequest { Events = events, IdempotencyKey = new("k") };
        // The first of its records only, as when the node dies between.
        var format = new SharedRecordFormat(TestNode.ClusterKey, new(), ReservedNamespace.Default);
        _broker.Append([format.Encode(events[0], "another.1/0", 1, request.IdempotencyKey!.Seal(events))]);
        var result = await node.Log.AppendAsync(request, Stop);
        Assert.Equal(AppendOutcome.Appended, result.Outcome);
        Assert.Equal(["0", "1", "2"], node.Data());
        Assert.Equal(AppendOutcome.AlreadyAppended, (await node.Log.AppendAsync(request, Stop)).Outcome);
    }

    [Fact]
    public async Task Restarted_node_goes_on_where_it_was()
    {
        string epoch;
        await using (var node = await StartAsync("1"))
        {
            await node.AppendAsync("a", "1");
            epoch = node.Log.Identity.Epoch;
        }
        await using var other = await StartAsync("2");
        await other.AppendAsync("a", "2");
        await using var again = await StartAsync("1");
        await again.CurrentAsync(other.Log.NextOffset);
        Assert.Equal(["1", "2"], again.Data());
        Assert.Equal((epoch, 0), (again.Log.Identity.Epoch, again.Replacements));
    }

    [Fact]
    public async Task While_the_broker_is_away_the_replica_is_served_and_nothing_is_taken()
    {
        await using var node = await StartAsync("1");
        await node.AppendAsync("a", "1");
        _broker.GoDown();
        await TestNode.UntilAsync(() => node.Fault == "The fake broker is down.");
        Assert.Equal(AppendOutcome.Unavailable, (await node.AppendAsync("a", "2")).Outcome);
        Assert.Equal(["1"], node.Data());
        _broker.ComeUp();
        await TestNode.UntilAsync(() => node.Fault is null);
        Assert.Equal(AppendOutcome.Appended, (await node.AppendAsync("a", "3")).Outcome);
        Assert.Equal(["1", "3"], node.Data());
    }

    [Fact]
    public async Task Node_that_starts_without_the_broker_serves_what_it_has()
    {
        await using (var node = await StartAsync("1")) await node.AppendAsync("a", "1");
        _broker.GoDown();
        await using var again = await TestNode.StartWithoutBrokerAsync(_broker.Connect(), Folder("1"));
        Assert.Equal(["1"], again.Data());
        await using var empty = await TestNode.StartWithoutBrokerAsync(_broker.Connect(), Folder("2"));
        Assert.False(empty.HasLog);
        _broker.ComeUp();
        await empty.CurrentAsync(again.Log.NextOffset);
        Assert.Equal(["1"], empty.Data());
    }

    [Fact]
    public async Task Connections_that_break_all_the_time_lose_nothing_and_double_nothing()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        var taken = new List<string>();
        for (var n = 0; n < 200; n++)
        {
            if (n % 10 == 5) _broker.Break();
            var node = n % 2 == 0 ? one : two;
            // Said again under its key until it is known what became of it.
            AppendResult result;
            do
            {
                result = await node.AppendAsync("a", $"{n}", key: $"{n}");
                if (result.Outcome == AppendOutcome.Unavailable) await TestNode.UntilAsync(() => node.Fault is null);
            }
            while (result.Outcome is not (AppendOutcome.Appended or AppendOutcome.AlreadyAppended));
            taken.Add($"{n}");
        }
        await one.CurrentAsync(two.Log.NextOffset);
        await two.CurrentAsync(one.Log.NextOffset);
        Assert.Equal(taken, one.Data());
        Assert.Equal(Described(one), Described(two));
        Assert.Equal((0, 0), (one.Replacements, two.Replacements));
    }

    [Fact]
    public async Task Confirm_that_is_lost_is_no_matter_when_the_event_comes_back()
    {
        await using var node = await StartAsync("1");
        _broker.LosesConfirms = true;
        var result = await node.AppendAsync("a", "1");
        _broker.LosesConfirms = false;
        Assert.Equal(AppendOutcome.Appended, result.Outcome);
    }

    [Fact]
    public async Task Folder_that_is_lost_is_made_anew_with_the_same_places()
    {
        await using var one = await StartAsync("1");
        for (var n = 0; n < 10; n++) await one.AppendAsync("a", $"{n}");
        await using (var two = await StartAsync("2")) await two.CurrentAsync(one.Events()[^1].Offset + 1);
        Directory.Delete(Folder("2"), recursive: true);
        await using var again = await StartAsync("2");
        await again.CurrentAsync(one.Events()[^1].Offset + 1);
        Assert.Equal(Described(one), Described(again));
        Assert.Equal(one.Log.Identity.Epoch, again.Log.Identity.Epoch);
    }

    [Fact]
    public async Task Log_that_was_deleted_and_made_again_is_another()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        for (var n = 0; n < 10; n++) await one.AppendAsync("a", $"{n}");
        var before = one.Log.Identity;
        _broker.Recreate();
        await TestNode.UntilAsync(() => one.HasLog && one.Log.Identity.Epoch != before.Epoch && one.Fault is null);
        await TestNode.UntilAsync(() => two.HasLog && two.Log.Identity.Epoch != before.Epoch && two.Fault is null);
        Assert.Equal(one.Log.Identity.Epoch, two.Log.Identity.Epoch);
        Assert.False(one.Log.Identity.Includes(before.At(5)));
        var result = await two.AppendAsync("a", "new");
        Assert.Equal(AppendOutcome.Appended, result.Outcome);
        await one.CurrentAsync(result.Offset + 1);
        Assert.Equal(["new"], one.Data());
    }

    [Fact]
    public async Task Log_that_was_rolled_back_gets_another_epoch_everywhere()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        for (var n = 0; n < 10; n++) await one.AppendAsync("a", $"{n}");
        await two.CurrentAsync(one.Events()[^1].Offset + 1);
        var before = one.Log.Identity.Epoch;
        // All marks that came since go too.
        _broker.RollBack((int)(_broker.Next - (one.Events()[4].Offset - 1)));
        await TestNode.UntilAsync(() => one.HasLog && one.Log.Identity.Epoch != before && one.Fault is null);
        await TestNode.UntilAsync(() => two.HasLog && two.Log.Identity.Epoch == one.Log.Identity.Epoch && two.Fault is null);
        await one.AppendAsync("a", "new");
        await two.CurrentAsync(one.Events()[^1].Offset + 1);
        Assert.Equal(["0", "1", "2", "3", "new"], one.Data());
        Assert.Equal(Described(one), Described(two));
        await using var three = await StartAsync("3");
        Assert.Equal(one.Log.Identity.Epoch, three.Log.Identity.Epoch);
    }

    [Fact]
    public async Task Log_that_is_slow_to_answer_is_not_taken_for_another()
    {
        await using var one = await StartAsync("1");
        for (var n = 0; n < 10; n++) await one.AppendAsync("a", $"{n}");
        var before = one.Log.Identity;
        _broker.IsSlow = true;
        _broker.Break();
        await TestNode.UntilAsync(() => one.Fault is { } fault && fault.Contains("does not give back in time", StringComparison.Ordinal));
        _broker.IsSlow = false;
        await TestNode.UntilAsync(() => one.Fault is null);
        Assert.Equal((before.Epoch, 0), (one.Log.Identity.Epoch, one.Replacements));
    }

    [Fact]
    public async Task Connection_that_gives_nothing_any_more_is_given_up()
    {
        await using var one = await StartAsync("1");
        await one.AppendAsync("a", "1");
        var epoch = one.Log.Identity.Epoch;
        _broker.IsSilent = true;
        await TestNode.UntilAsync(() => one.Fault is { } fault && fault.Contains("gives back nothing", StringComparison.Ordinal));
        _broker.IsSilent = false;
        await TestNode.UntilAsync(() => one.Fault is null);
        await one.AppendAsync("a", "2");
        Assert.Equal(["1", "2"], one.Data());
        Assert.Equal((epoch, 0), (one.Log.Identity.Epoch, one.Replacements));
    }

    [Fact]
    public async Task Log_that_is_rolled_back_twice_gets_another_epoch_each_time_also_while_the_node_is_off()
    {
        var epochs = new HashSet<string>();
        for (var round = 0; round < 3; round++)
        {
            await using (var one = await StartAsync("1"))
            {
                await one.AppendAsync("a", "1");
                await one.AppendAsync("a", "2");
                Assert.True(epochs.Add(one.Log.Identity.Epoch));
            }
            _broker.RollBack(2);
        }
    }

    [Fact]
    public async Task Node_that_was_away_longer_than_the_broker_keeps_begins_at_what_is_kept()
    {
        await using var one = await StartAsync("1");
        await using (var two = await StartAsync("2"))
        {
            await one.AppendAsync("a", "old");
            await two.CurrentAsync(one.Events()[^1].Offset + 1);
        }
        for (var n = 0; n < 10; n++) await one.AppendAsync("a", $"{n}");
        _broker.DropBelow(one.Events()[3].Offset - 1);
        // A log keeps more than what comes between two marks.
        var next = _broker.Next;
        await TestNode.UntilAsync(() => _broker.Next > next);
        await using var again = await StartAsync("2");
        await again.CurrentAsync(one.Events()[^1].Offset + 1);
        Assert.Equal(one.Log.Identity.Epoch, again.Log.Identity.Epoch);
        Assert.Equal(Enumerable.Range(2, 8).Select(n => $"{n}"), again.Data());
        Assert.True(again.Log.OldestOffset >= one.Events()[3].Offset);
        Assert.Equal(Described(one)[3..], Described(again));
    }

    [Fact]
    public async Task Records_of_other_programs_are_events_or_set_aside_and_told_once()
    {
        var warnings = new List<string>();
        await using var node = await TestNode.StartAsync(_broker.Connect(), Folder("1"), warning =>
        {
            lock (warnings) warnings.Add(warning);
        });
        _broker.Append(
        [
            Record("{\"a\":1}", ("topic", "a"), ("topic", "b"), ("id", "mine"), ("type", "t"), ("private", "true"), ("retry", "5"), ("other", "x")),
            Record("no topic"),
            Record("no topic again"),
            Record("x", ("topic", "a\nb")),
            Record("x", ("topic", "/.well-known/mercure/x")),
            Record("x", ("topic", "urn:fonte:revocations"), ("type", "mercure"), ("private", "true")),
            Record("x", ("topic", "a"), ("type", "mercure")),
            Record("x", ("topic", "a"), ("id", "urn:fonte:aaaaaaaaaaaa:1")),
            Record("x", ("topic", "a"), ("private", "yes")),
            Record("x", ("topic", "a"), ("retry", "-1")),
            Record("x", ("topic", "a"), ("id", "1"), ("id", "2")),
            Record("x", ("topic", "a"), ("fonte-mac", "forged"), ("fonte-time", "9999999999999999")),
            Record("{\"node\":\"n\",\"number\":1,\"epoch\":\"aaaaaaaaaaaa\",\"generation\":9,\"claim\":false}", ("fonte-kind", "mark")),
            new(0, [new("topic", new byte[] { 0xFF })], default),
            new(0, [new("topic", "a"u8.ToArray())], new byte[] { 0xFF }),
            new(0, [new("topic", "a"u8.ToArray())], new byte[(16 * 1024 * 1024) + 1]),
            Record("last", ("topic", "a")),
        ]);
        await TestNode.UntilAsync(() => node.Data().LastOrDefault() == "last");
        var events = node.Events();
        Assert.Equal(2, events.Count);
        Assert.Equal(["a", "b"], events[0].Topics);
        Assert.Equal(("mine", "t", true, 5), (events[0].Id, events[0].Type, events[0].Private, events[0].RetryMilliseconds));
        Assert.Equal(15, node.Malformed);
        var kept = File.ReadAllLines(Path.Combine(Folder("1"), SetAsideRecords.FileName)).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(15, kept.Count);
        Assert.Equal("no topic", kept[0]["data"]!.GetValue<string>());
        Assert.Equal(("topic", "a\nb"), (kept[2]["headers"]![0]!["name"]!.GetValue<string>(), kept[2]["headers"]![0]!["value"]!.GetValue<string>()));
        Assert.All(kept, line => Assert.NotEqual("", line["fault"]!.GetValue<string>()));
        Assert.Equal((16 * 1024 * 1024) + 1, kept[^1]["bytes"]!.GetValue<int>());
        lock (warnings)
        {
            Assert.Equal(warnings.Distinct(), warnings);
            Assert.Contains(warnings, warning => warning.Contains("Give at least one topic", StringComparison.Ordinal));
            Assert.Contains(warnings, warning => warning.Contains("its signature is not of this cluster's key", StringComparison.Ordinal));
        }
        Assert.Null(node.Fault);
        Assert.Equal(0, node.Replacements);
    }

    [Fact]
    public async Task Times_rise_and_strangers_cannot_set_them()
    {
        await using var node = await StartAsync("1");
        await node.AppendAsync("a", "1");
        _broker.Append([Record("forged", ("topic", "a"), ("fonte-time", "99999999999999999")), Record("2", ("topic", "a"))]);
        await TestNode.UntilAsync(() => node.Data().LastOrDefault() == "2");
        await node.AppendAsync("a", "3");
        var times = node.Events().Select(logged => logged.TimeMicroseconds).ToList();
        Assert.Equal(times.Order(), times);
        Assert.True(times[^1] < TimeProvider.System.GetUnixMicroseconds() + 1);
        Assert.Equal(1, node.Malformed);
    }

    [Fact]
    public async Task Topic_that_is_erased_by_one_hub_is_erased_at_the_same_place_by_all()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        for (var n = 0; n < 10; n++) await one.AppendAsync(n % 2 == 0 ? "a" : "b", $"{n}");
        Assert.Equal(5, await LogErasure.EraseAsync(Folder("1"), "a", TimeProvider.System, Stop));
        var after = await one.AppendAsync("a", "after");
        await two.CurrentAsync(after.Offset + 1);
        await using var three = await StartAsync("3");
        await three.CurrentAsync(after.Offset + 1);
        Assert.Equal(["1", "3", "5", "7", "9", "after"], one.Data());
        Assert.Equal(Described(one), Described(two));
        Assert.Equal(Described(one), Described(three));
        Assert.Equal(0, one.Malformed);
    }

    [Fact]
    public async Task Erasure_by_a_stranger_is_none_and_that_of_a_copy_without_its_hub_is_refused()
    {
        await using (var one = await StartAsync("1"))
        {
            await one.AppendAsync("a", "1");
            _broker.Append([Record("a", ("fonte-kind", "erasure"))]);
            await one.AppendAsync("a", "2");
            Assert.Equal(["1", "2"], one.Data());
        }
        var refused = await Assert.ThrowsAsync<LogUnavailableException>(() => LogErasure.EraseAsync(Folder("1"), "a", TimeProvider.System, Stop));
        Assert.Contains("is a copy of a broker's", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signed_record_of_another_cluster_is_set_aside()
    {
        await using var node = await StartAsync("1");
        var other = new SharedRecordFormat(Encoding.ASCII.GetBytes("the key of another cluster, of thirty-two"), new(), ReservedNamespace.Default);
        _broker.Append([other.Encode(EventDraft.Create("a", "1"), "n.1/0", 1, null), other.Encode(new LogMark("n", 1, "aaaaaaaaaaaa", 9, false), 1)]);
        await node.AppendAsync("a", "2");
        Assert.Equal(["2"], node.Data());
        Assert.Equal(2, node.Malformed);
    }

    private static List<(long, long, string)> Described(TestNode node) => [.. node.Events().Select(logged => (logged.Offset, logged.TimeMicroseconds, Encoding.UTF8.GetString(logged.Data.Span)))];

    private static SharedRecord Record(string data, params (string Name, string Value)[] headers) =>
        new(0, [.. headers.Select(header => new KeyValuePair<string, ReadOnlyMemory<byte>>(header.Name, Encoding.UTF8.GetBytes(header.Value)))], Encoding.UTF8.GetBytes(data));

    private static CancellationToken Stop => TestNode.Stop;

    private string Folder(string name) => Path.Combine(_folder, name);

    private Task<TestNode> StartAsync(string name) => TestNode.StartAsync(_broker.Connect(), Folder(name));
}
