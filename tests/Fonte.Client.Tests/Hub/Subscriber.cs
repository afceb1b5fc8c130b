namespace Fonte.Client.Tests.Hub;

/// <summary>Shortens what every test of subscribing does.</summary>
internal static class Subscriber
{
    public static FonteClient Create(FakeHub hub, HurriedClock clock, double jitter = 0, int maximumEventSize = 1024, Action<Reconnection>? reconnecting = null) =>
        new(new HttpClient(hub), new FonteClientOptions
        {
            HubUrl = FakeHub.Url,
            TimeProvider = clock,
            Random = new FixedJitter(jitter),
            MaximumEventSize = maximumEventSize,
            Reconnecting = reconnecting,
        });

    public static IAsyncEnumerable<ReceivedEvent> Subscribe(FonteClient client, string? lastEventId = null) =>
        SubscribeFrom(client, lastEventId, TestContext.Current.CancellationToken);

    public static IAsyncEnumerable<ReceivedEvent> SubscribeUntil(FonteClient client, CancellationToken cancelled) =>
        SubscribeFrom(client, null, cancelled);

    /// <summary>Everything until the hub's 204.</summary>
    public static async Task<List<ReceivedEvent>> ReadAllAsync(FakeHub hub, HurriedClock? clock = null, string? lastEventId = null) =>
        await Subscribe(Create(hub, clock ?? new HurriedClock()), lastEventId).ToListAsync(TestContext.Current.CancellationToken);

    private static IAsyncEnumerable<ReceivedEvent> SubscribeFrom(FonteClient client, string? lastEventId, CancellationToken cancellationToken) =>
        client.SubscribeAsync(new SubscribeRequest { Topics = ["a"], LastEventId = lastEventId }, cancellationToken);
}
