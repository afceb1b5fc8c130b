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
}
