using System.Diagnostics;
using System.Text;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>Replicas of a shared log that is not as it was, or whose broker does not do as it should.</summary>
public sealed class SharedLogFaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-replica").FullName;
    private readonly FakeBroker _broker = new();
    private readonly SharedRecordFormat _format = new(TestNode.ClusterKey, new(), ReservedNamespace.Default);

    public void Dispose()
    {
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Broker_that_never_confirms_holds_nobody(bool isDeaf)
    {
        await using var node = await TestNode.StartAsync(_broker.Connect(), Folder("1"), appendTimeout: TimeSpan.FromMilliseconds(300));
        (_broker.Hangs, _broker.HangsForEver) = (true, isDeaf);
        var begun = Stopwatch.StartNew();
        Assert.Equal(AppendOutcome.OutcomeUnknown, (await node.AppendAsync("a", "1")).Outcome);
        await TestNode.UntilAsync(() => node.Fault is { } fault && fault.Contains("does not confirm", StringComparison.Ordinal));
        Assert.InRange(begun.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(AppendOutcome.Unavailable, (await node.AppendAsync("a", "2")).Outcome);
        (_broker.Hangs, _broker.HangsForEver) = (false, false);
        await TestNode.UntilAsync(() => node.Fault is null);
        Assert.Equal(AppendOutcome.Appended, (await node.AppendAsync("a", "3")).Outcome);
        Assert.Equal(["3"], node.Data());
        // It ends while the broker hangs, too.
        (_broker.Hangs, _broker.HangsForEver) = (true, isDeaf);
        var last = node.AppendAsync("a", "4");
        await node.DisposeAsync();
        Assert.NotEqual(AppendOutcome.Appended, (await last).Outcome);
    }

    [Fact]
    public async Task Key_that_came_with_other_events_lets_none_of_a_request_in()
    {
        await using var node = await StartAsync("1");
        await node.AppendAsync("a", "1", key: "k");
        var result = await node.Log.AppendAsync(new() { Events = [EventDraft.Create("a", "2"), EventDraft.Create("a", "3")], IdempotencyKey = new("k") }, Stop);
        Assert.Equal(AppendOutcome.KeyReused, result.Outcome);
        Assert.Equal(["1"], node.Data());
    }

    [Fact]
    public async Task Key_is_forgotten_by_the_times_of_the_log_also_of_what_comes_at_once()
    {
        var draft = EventDraft.Create("a", "1");
        var seal = new IdempotencyKey("k").Seal([draft]);
        var now = TimeProvider.System.GetUnixMicroseconds();
        // Nobody reads between: all are kept by one commit.
        foreach (var (hours, name) in ((int, string)[])[(-49, "one"), (-26, "two"), (-24, "three"), (-1, "four")])
            _broker.Append([_format.Encode(draft, $"{name}.1/0", now + (hours * 3_600_000_000L), seal)]);
        await using var node = await StartAsync("1");
        // The second came within a day of the first, and the fourth of the third.
        Assert.Equal([now - (49 * 3_600_000_000L), now - (24 * 3_600_000_000L)], node.Events().Select(logged => logged.TimeMicroseconds));
    }

    [Fact]
    public async Task Events_that_were_there_before_any_hub_have_the_time_of_the_first()
    {
        _broker.Append([Record("1"), Record("2")]);
        var begun = TimeProvider.System.GetUnixMicroseconds();
        await using var node = await StartAsync("1");
        Assert.Equal(["1", "2"], node.Data());
        Assert.All(node.Events(), logged => Assert.InRange(logged.TimeMicroseconds, begun, TimeProvider.System.GetUnixMicroseconds()));
    }

    [Fact]
    public async Task Log_that_is_restored_twice_from_one_copy_is_another_each_time()
    {
        await using var node = await StartAsync("1");
        await node.AppendAsync("a", "1");
        using var copy = new FakeBroker();
        copy.Become(_broker);
        var cursors = new List<(LogIdentity Identity, long Offset)>();
        for (var round = 0; round < 3; round++)
        {
            var appended = await node.AppendAsync("a", $"after {round}");
            var identity = node.Log.Identity;
            Assert.DoesNotContain(cursors, earlier => identity.Includes(earlier.Identity.At(earlier.Offset)));
            cursors.Add((identity, appended.Offset));
            _broker.Become(copy);
            _broker.Break();
            await TestNode.UntilAsync(() => node.HasLog && node.Log.Identity.Epoch != identity.Epoch && node.Fault is null);
        }
    }

    [Fact]
    public async Task Other_log_in_the_place_of_the_one_that_is_read_is_noticed_though_no_connection_breaks()
    {
        await using var node = await StartAsync("1");
        await node.AppendAsync("a", "old");
        var before = node.Log.Identity;
        using var other = new FakeBroker();
        await using (var maker = await TestNode.StartAsync(other.Connect(), Folder("2")))
        {
            while (other.Next < _broker.Next + 20) await maker.AppendAsync("a", "new");
            var next = other.Next;
            await TestNode.UntilAsync(() => other.Next > next + 1);
        }
        _broker.Become(other);
        await TestNode.UntilAsync(() => node.HasLog && node.Log.Identity.Epoch != before.Epoch && node.Fault is null);
        Assert.All(node.Data(), data => Assert.Equal("new", data));
        Assert.False(node.Log.Identity.Includes(before.At(2)));
        Assert.Equal(1, node.Replacements);
    }

    [Fact]
    public async Task Erasure_that_somebody_repeats_takes_nothing_more()
    {
        await using var node = await StartAsync("1");
        await node.AppendAsync("a", "1");
        Assert.Equal(1, await LogErasure.EraseAsync(Folder("1"), "a", TimeProvider.System, Stop));
        var erasure = Assert.Single(_broker.Records, record => _format.Decode(record).Erasure is not null);
        await node.AppendAsync("a", "2");
        _broker.Append([erasure]);
        await node.AppendAsync("a", "3");
        Assert.Equal(["2", "3"], node.Data());
    }

    private static CancellationToken Stop => TestNode.Stop;

    private static SharedRecord Record(string data) => new(0, [new("topic", "a"u8.ToArray())], Encoding.UTF8.GetBytes(data));

    private string Folder(string name) => Path.Combine(_folder, name);

    private Task<TestNode> StartAsync(string name) => TestNode.StartAsync(_broker.Connect(), Folder(name));
}
