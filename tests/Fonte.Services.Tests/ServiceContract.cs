using System.Diagnostics;
using Xunit;

namespace Fonte.Services.Tests;

/// <summary>What services may rely on, whatever carries their events: effects happen once, those of one key in order, whoever dies.</summary>
public abstract class ServiceContract : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-services").FullName;
    private IServiceBroker _broker = null!;

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _broker = await StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts what carries the events: of groups <c>start</c>, <c>middle</c> and <c>end</c>, each for the type of its name.</summary>
    private protected abstract Task<IServiceBroker> StartAsync(string folder);

    [Fact]
    public async Task Events_go_from_service_to_service_once_and_in_order()
    {
        await using var first = Service("first", "start", "middle");
        await using var second = Service("second", "middle", "end");
        await using var third = Service("third", "end", "over");
        foreach (var service in (TestService[])[first, second, third]) service.Start();
        for (var n = 0; n < 200; n++) Send(first, "start", $"k{n % 7}", n);
        await TestService.UntilAsync(() => third.Counted().Count >= 200);
        foreach (var service in (TestService[])[first, second, third])
        {
            var counted = service.Counted();
            Assert.Equal(Enumerable.Range(0, 200).Select(n => (long)n), counted.Select(each => each.Number).Order());
            Assert.All(counted.GroupBy(each => each.Key), group => Assert.Equal(group.Select(each => each.Number).Order(), group.Select(each => each.Number)));
        }
        var counts = first.Store.Counts();
        Assert.Equal((0, 0), (counts.Waiting, counts.Dead));
        // What the test has sent by it, and what it has said itself.
        Assert.Equal((200, 200, 200), (counts.Received["start"], counts.Sent["start"], counts.Sent["middle"]));
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
        await _broker.PublishAsync("start", "k", "{no event");
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
    public async Task Handler_that_breaks_a_rule_of_its_tables_or_sends_what_cannot_be_sent_makes_a_dead_letter()
    {
        await using var service = Service("first", "start", "end", (received, transaction) =>
        {
            if (received.Data!.ToString() == "1") transaction.Execute("INSERT INTO count (key, number, seq) VALUES ('k', 1, 1)");
            if (received.Data!.ToString() == "2") transaction.Send(TestService.Event("end", new string('k', 2000), "2"));
        }, maxAttempts: 2);
        service.Start();
        for (var n = 0; n < 4; n++) Send(service, "start", "k", n);
        await TestService.UntilAsync(() => service.Handled == 2 && service.Store.Counts().Dead == 2);
        Assert.Equal([0L, 3], service.Counted().Select(each => each.Number));
        var reasons = service.Store.DeadLetters(10).Select(letter => letter.Reason).Reverse().ToList();
        Assert.Contains("UNIQUE constraint failed", reasons[0], StringComparison.Ordinal);
        Assert.Contains("at most 1024", reasons[1], StringComparison.Ordinal);
        // What was given up is not handled any more, whoever sends it again.
        await _broker.PublishAsync("start", "k", System.Text.Encoding.UTF8.GetString(service.Store.DeadLetters(1).Single().Envelope.Span));
        Send(service, "start", "k", 4);
        await TestService.UntilAsync(() => service.Handled == 3);
        Assert.Equal(2, service.Store.Counts().Dead);
    }

    [Fact]
    public async Task Event_that_comes_twice_has_one_effect()
    {
        await using var service = Service("first", "start", "end");
        service.Start();
        // As another hub would that knows no keys.
        var envelope = """{"specversion":"1.0","id":"same","source":"/s","type":"start","subject":"k","datacontenttype":"application/json","data":7}""";
        for (var n = 0; n < 3; n++) await _broker.PublishAsync("start", "k", envelope);
        Send(service, "start", "k", 8);
        await TestService.UntilAsync(() => service.Handled == 2);
        Assert.Equal([7L, 8], service.Counted().Select(each => each.Number));
    }

    [Fact]
    public async Task Broker_that_is_away_under_load_loses_nothing_and_doubles_nothing()
    {
        await using var first = Service("first", "start", "middle");
        await using var second = Service("second", "middle", "end");
        first.Start();
        second.Start();
        for (var n = 0; n < 100; n++)
        {
            Send(first, "start", "k", n);
            if (n == 30) await _broker.StopAsync();
            if (n == 60) await _broker.StartAsync();
        }
        await TestService.UntilAsync(() => second.Counted().Count >= 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), second.Counted().Select(each => each.Number));
    }

    [Fact]
    public async Task Of_two_instances_one_is_active_for_a_key_and_the_other_takes_over_within_ten_seconds()
    {
        var one = Service("first", "start", "end");
        await using var two = Service("first", "start", "end");
        one.Start();
        for (var n = 0; n < 10; n++) Send(one, "start", "k", n);
        await TestService.UntilAsync(() => one.Handled == 10);
        two.Start();
        for (var n = 10; n < 20; n++) Send(two, "start", "k", n);
        await TestService.UntilAsync(() => one.Handled + two.Handled == 20);
        await one.DisposeAsync();
        var gone = Stopwatch.StartNew();
        for (var n = 20; n < 30; n++) Send(two, "start", "k", n);
        await TestService.UntilAsync(() => one.Handled + two.Handled == 30);
        Assert.InRange(gone.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(Enumerable.Range(0, 30).Select(n => (long)n), two.Counted().Select(each => each.Number));
    }

    private protected static void Send(TestService service, string type, string key, int number) => service.Run(transaction => transaction.Send(TestService.Event(type, key, $"{number}")));

    private protected TestService Service(string name, string receives, string sends, Action<CloudNative.CloudEvents.CloudEvent>? also = null, int maxAttempts = 5) =>
        Service(name, receives, sends, (received, _) => also?.Invoke(received), maxAttempts);

    private protected TestService Service(string name, string receives, string sends, Action<CloudNative.CloudEvents.CloudEvent, ServiceTransaction> also, int maxAttempts = 5) =>
        new(_broker, Path.Combine(_folder, $"{name}.db"), receives, sends, also, maxAttempts);
}
