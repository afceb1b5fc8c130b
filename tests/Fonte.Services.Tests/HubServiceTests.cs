using Xunit;

namespace Fonte.Services.Tests;

/// <summary>Services over a hub.</summary>
public sealed class HubServiceTests : ServiceContract
{
    private protected override async Task<IServiceBroker> StartAsync(string folder)
    {
        var hub = new TestHub(Path.Combine(folder, "hub"));
        await hub.StartAsync();
        return hub;
    }

    [Fact]
    public async Task Event_that_the_hub_refuses_for_good_is_a_dead_letter_and_those_behind_it_are_sent()
    {
        await using var service = Service("first", "start", "end");
        service.Start();
        Send(service, "start", "k", 1);
        service.Run(transaction => transaction.Send(TestService.Event("start", "k", new string('x', 2_000_000))));
        Send(service, "start", "k", 2);
        await TestService.UntilAsync(() => service.Handled == 2 && service.Store.Counts() is { Dead: 1, Waiting: 0 });
        Assert.Equal([1L, 2], service.Counted().Select(each => each.Number));
    }

    [Fact]
    public async Task Instance_that_has_lost_its_lease_unnoticed_commits_nothing()
    {
        var isFirst = true;
        await using var service = Service("first", "start", "end", (_, transaction) =>
        {
            // As if another had taken it just before the transaction began; undone with all the rest.
            if (isFirst) transaction.Execute("UPDATE fonte_lease SET owner = 'another' WHERE name = 'start'");
            isFirst = false;
        });
        service.Start();
        Send(service, "start", "k", 1);
        await TestService.UntilAsync(() => service.Handled == 1);
        // Given twice: what was done the first time was not kept.
        Assert.Equal(2, service.Given.Count);
        Assert.Equal([1L], service.Counted().Select(each => each.Number));
    }
}
