using System.IO.Pipelines;
using Xunit;

namespace Fonte.Tests.Hub;

/// <summary>Streams that somebody ends.</summary>
public sealed class StreamOwnerTests
{
    [Fact]
    public async Task Streams_of_some_owners_are_ended_and_counted_and_others_stay()
    {
        await using var hub = new TestHub();
        var (one, two) = (new Owner(), new Owner());
        var ended = Enumerable.Range(0, 20).Select(n => Open(hub, n % 2 == 0 ? one : two)).ToList();
        var nobodys = hub.Subscribe("a");
        Assert.Equal(10, await hub.Hub.EndAsync(owner => owner == one, DisconnectReason.Kicked));
        for (var n = 0; n < ended.Count; n += 2) Assert.Equal(new(DisconnectReason.Kicked, AtBoundary: true), await ended[n] with { Next = 0 });
        await hub.PublishAsync("a", "1");
        Assert.Equal("1", await nobodys.NextDataAsync());
        Assert.All(ended.Where((_, n) => n % 2 == 1), stream => Assert.False(stream.IsCompleted));
        Assert.Equal(0, await hub.Hub.EndAsync(owner => owner == one, DisconnectReason.Kicked));
    }

    // It was let in, and its token was revoked, before its pump knew of it.
    [Fact]
    public async Task Stream_whose_owner_was_revoked_meanwhile_does_not_begin()
    {
        await using var hub = new TestHub();
        var owner = new Owner { IsRevoked = true };
        Assert.Equal(0, await hub.Hub.EndAsync(each => each.IsRevoked, DisconnectReason.Revoked));
        Assert.Equal(DisconnectReason.Revoked, (await Open(hub, owner)).Reason);
    }

    [Fact]
    public async Task Stream_whose_owner_is_revoked_ends_within_a_tick_without_being_told()
    {
        await using var hub = new TestHub();
        var owner = new Owner();
        var ended = Open(hub, owner);
        Assert.Equal(0, await hub.Hub.EndAsync(_ => false, DisconnectReason.Kicked));
        owner.IsRevoked = true;
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(DisconnectReason.Revoked, (await ended).Reason);
    }

    [Fact]
    public async Task Hub_that_has_stopped_ends_none()
    {
        var hub = new TestHub();
        await hub.DisposeAsync();
        Assert.Equal(0, await hub.Hub.EndAsync(_ => true, DisconnectReason.Kicked));
    }

    private static Task<StreamEnd> Open(TestHub hub, Owner owner)
    {
        var request = new SubscribeRequest { Matchers = [TopicMatcher.Exact("a")], Owner = owner };
        return hub.Hub.Subscribe(request, hub.Hub.Resume(request)!, new PipeOutput(new Pipe().Writer))!.EndAsync(TestHub.Stop);
    }

    private sealed class Owner : IStreamOwner
    {
        private volatile bool _isRevoked;

        public bool IsRevoked
        {
            get => _isRevoked;
            set => _isRevoked = value;
        }
    }
}
