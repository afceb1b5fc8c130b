using Xunit;

namespace Fonte.Services.Tests;

/// <summary>Services over a hub: effects happen once, in order, whoever dies.</summary>
public sealed class HubServiceTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-services").FullName;
    private TestHub _hub = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = new(Path.Combine(_folder, "hub"));
        await _hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Events_go_from_service_to_service_once_and_in_order()
    {
        await using var first = Service("first", "start", "middle");
        await using var second = Service("second", "middle", "end");
        await using var third = Service("third", "end", "over");
        foreach (var service in (TestService[])[first, second, third]) service.Start();
        for (var n = 0; n < 200; n++) Send(first, "start", $"k{n % 7}", n);
        await TestService.UntilAsync(() => third.Counted().Count >= 200);
        var expected = Enumerable.Range(0, 200).Select(n => ($"k{n % 7}", (long)n));
        Assert.Equal(expected, first.Counted());
        Assert.Equal(expected, second.Counted());
        Assert.Equal(expected, third.Counted());
        Assert.Equal((0, 0), first.Store.Counts());
    }

    [Fact]
    public async Task Service_that_is_off_receives_what_it_has_missed()
    {
        await using (var first = Service("first", "start", "middle"))
        {
            first.Start();
            for (var n = 0; n < 10; n++) Send(first, "start", "k", n);
            await TestService.UntilAsync(() => first.Handled == 10);
        }
        await using (var again = Service("first", "start", "middle"))
        {
            for (var n = 10; n < 20; n++) Send(again, "start", "k", n);
            again.Start();
            await TestService.UntilAsync(() => again.Handled == 10);
            Assert.Equal(Enumerable.Range(0, 20).Select(n => (long)n), again.Counted().Select(each => each.Number));
        }
    }

    [Fact]
    public async Task Handler_that_fails_is_given_the_event_again_before_any_other_and_its_changes_are_undone()
    {
        var failures = 0;
        await using var service = Service("first", "start", "end", received =>
        {
            if (received.Data!.ToString() == "1" && failures++ < 3) throw new InvalidOperationException("not yet");
        });
        service.Start();
        for (var n = 0; n < 3; n++) Send(service, "start", "k", n);
        await TestService.UntilAsync(() => service.Handled == 3);
        Assert.Equal([0L, 1, 2], service.Counted().Select(each => each.Number));
        Assert.Equal(6, service.Given.Count);
        Assert.Equal(0, service.Store.Counts().Dead);
    }

    [Fact]
    public async Task Event_that_fails_too_often_or_makes_no_sense_is_a_dead_letter_with_its_reason_and_the_others_flow()
    {
        await using var service = Service("first", "start", "end", received =>
        {
            if (received.Data!.ToString() == "1") throw new InvalidOperationException("the shelf is missing");
            if (received.Data!.ToString() == "2") throw new ImpossibleEventException("a negative amount");
        }, maxAttempts: 3);
        service.Start();
        for (var n = 0; n < 4; n++) Send(service, "start", "k", n);
        await _hub.Client().PublishAsync(new() { Topics = ["start"], Data = "{no event", Private = true }, Stop);
        await TestService.UntilAsync(() => service.Handled == 2 && service.Store.Counts().Dead == 3);
        Assert.Equal([0L, 3], service.Counted().Select(each => each.Number));
        var letters = service.Store.DeadLetters(10).OrderBy(letter => letter.Reason, StringComparer.Ordinal).ToList();
        Assert.StartsWith("It is no CloudEvent", letters[0].Reason, StringComparison.Ordinal);
        Assert.Equal(["a negative amount", "the shelf is missing"], letters.Skip(1).Select(letter => letter.Reason));
        Assert.Contains("\"start\"", System.Text.Encoding.UTF8.GetString(letters[2].Envelope.Span), StringComparison.Ordinal);
        // Three times for the one, once for the other.
        Assert.Equal(2 + 3 + 1, service.Given.Count);
    }

    [Fact]
    public async Task Event_that_comes_twice_has_one_effect()
    {
        await using var service = Service("first", "start", "end");
        service.Start();
        // As another hub would that knows no keys.
        var envelope = """{"specversion":"1.0","id":"same","source":"/s","type":"start","subject":"k","datacontenttype":"application/json","data":7}""";
        for (var n = 0; n < 3; n++) await _hub.Client().PublishAsync(new() { Topics = ["start"], Data = envelope, Private = true }, Stop);
        Send(service, "start", "k", 8);
        await TestService.UntilAsync(() => service.Handled == 2);
        Assert.Equal([7L, 8], service.Counted().Select(each => each.Number));
    }

    [Fact]
    public async Task Hub_that_is_away_under_load_loses_nothing_and_doubles_nothing()
    {
        await using var first = Service("first", "start", "middle");
        await using var second = Service("second", "middle", "end");
        first.Start();
        second.Start();
        for (var n = 0; n < 100; n++)
        {
            Send(first, "start", "k", n);
            if (n == 30) await _hub.StopAsync();
            if (n == 60) await _hub.StartAsync();
        }
        await TestService.UntilAsync(() => second.Counted().Count >= 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), second.Counted().Select(each => each.Number));
    }

    [Fact]
    public async Task Of_two_instances_one_is_active_and_the_other_takes_over_when_it_has_gone()
    {
        var lease = TimeSpan.FromSeconds(1);
        var one = Service("first", "start", "end", lease: lease);
        await using var two = Service("first", "start", "end", lease: lease);
        one.Start();
        for (var n = 0; n < 10; n++) Send(one, "start", "k", n);
        await TestService.UntilAsync(() => one.Handled == 10);
        two.Start();
        for (var n = 10; n < 20; n++) Send(two, "start", "k", n);
        await TestService.UntilAsync(() => one.Handled == 20);
        Assert.Equal(0, two.Handled);
        await one.DisposeAsync();
        for (var n = 20; n < 30; n++) Send(two, "start", "k", n);
        await TestService.UntilAsync(() => two.Handled == 10);
        Assert.Equal(Enumerable.Range(0, 30).Select(n => (long)n), two.Counted().Select(each => each.Number));
    }

    [Fact]
    public async Task Instance_that_has_lost_its_lease_unnoticed_commits_nothing()
    {
        using var goOn = new ManualResetEventSlim();
        using var isIn = new ManualResetEventSlim();
        await using var service = Service("first", "start", "end", _ =>
        {
            isIn.Set();
            goOn.Wait(Stop);
        });
        service.Start();
        Send(service, "start", "k", 1);
        await Task.Run(() => isIn.Wait(Stop), Stop);
        // It cannot be taken while the transaction is open; so before it began, as it would be by a process that slept.
        goOn.Set();
        await TestService.UntilAsync(() => service.Handled == 1);
        using (var connection = service.Store.Connect())
        {
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE fonte_lease SET owner = 'another', until = 99999999999999 WHERE name = 'start'";
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        Send(service, "start", "k", 2);
        await TestService.UntilAsync(() => service.Given.Count == 2 || service.Handled > 1);
        Assert.Equal(1, service.Handled);
        Assert.Equal([1L], service.Counted().Select(each => each.Number));
    }

    private static void Send(TestService service, string type, string key, int number) => service.Run(transaction => transaction.Send(TestService.Event(type, key, $"{number}")));

    private TestService Service(string name, string receives, string sends, Action<CloudNative.CloudEvents.CloudEvent>? also = null, TimeSpan? lease = null, int maxAttempts = 5) =>
        new(_hub, Path.Combine(_folder, $"{name}.db"), receives, sends, also, lease, maxAttempts);
}
