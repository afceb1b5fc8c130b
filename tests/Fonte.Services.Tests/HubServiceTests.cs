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
