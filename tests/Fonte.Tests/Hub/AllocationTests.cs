using Xunit;

namespace Fonte.Tests.Hub;

/// <summary>Not beside other tests: what is counted is what the whole process allocates.</summary>
[Collection(Alone)]
public sealed class AllocationTests
{
    private const string Alone = "alone";

    [Fact]
    public async Task Delivery_allocates_nothing()
    {
        const int Streams = 200;
        const int Events = 100;
        await using var one = new TestHub();
        await using var many = new TestHub();
        var single = new[] { await SocketStream.OpenAsync(one, small: false) };
        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => SocketStream.OpenAsync(many, small: false)));
        await AllocatedAsync(one, single, Events);
        await AllocatedAsync(many, streams, Events);
        var byOne = await AllocatedAsync(one, single, Events);
        var byMany = await AllocatedAsync(many, streams, Events);
        // Publishing and encoding, once for all, are in both; one object a delivery would be 24 bytes.
        Assert.InRange((byMany - byOne) / (double)((Streams - 1) * Events), double.MinValue, 1);
        foreach (var stream in (SocketStream[])[.. single, .. streams]) await stream.DisposeAsync();
    }

    // One event at a time, each waited for.
    private static async Task<long> AllocatedAsync(TestHub hub, SocketStream[] streams, int events)
    {
        var waiting = new int[streams.Length];
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var n = 0; n < events; n++)
        {
            for (var i = 0; i < streams.Length; i++) waiting[i] = streams[i].Available;
            await hub.PublishAsync("a", "a small event");
            for (var i = 0; i < streams.Length; i++)
            {
                while (streams[i].Available == waiting[i]) Thread.Yield();
            }
        }
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class NothingElse;
}
