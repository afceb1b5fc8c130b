namespace Fonte.AspNetCore;

/// <summary>A connection with its subscriptions (Mercure draft -08, "Active Subscriptions").</summary>
internal sealed class ActiveSubscriber : ISubscriberTracker
{
    private readonly ActiveSubscriptions _all;
    private readonly Lock _lock = new();
    private Task _told = Task.CompletedTask;

    /// <param name="all">Where it is listed.</param>
    /// <param name="query">What it subscribes to; each matcher is a subscription.</param>
    /// <param name="token">Its access token, for the payloads.</param>
    internal ActiveSubscriber(ActiveSubscriptions all, SubscribeQuery query, AccessToken? token)
    {
        _all = all;
        Id = all.NewSubscriber();
        Subscriptions =
        [
            .. query.Matchers.Distinct().Select(matcher => new ActiveSubscription(TypeOf(matcher), matcher.Pattern, Id, all.Collection, ObjectOf(PayloadOf(matcher, token)))),
            .. query.Selectors.Distinct().Select(selector => new ActiveSubscription(TypeOf(selector), selector.Pattern, Id, all.Collection, PayloadOf(selector, token), Is0x: true)),
        ];
    }

    /// <summary>Random for each connection, so that nobody can choose or guess it.</summary>
    internal string Id { get; }

    internal IReadOnlyList<ActiveSubscription> Subscriptions { get; }

    public void Begun()
    {
        lock (_lock) _told = _all.BeginAsync(this);
    }

    public void Ended()
    {
        lock (_lock) _told = _all.EndAsync(this, _told);
    }

    /// <summary>Others took it for ended, or never heard of it.</summary>
    internal void TellAgain()
    {
        lock (_lock) _told = _all.TellAgainAsync(this, _told);
    }

    private static string TypeOf(TopicMatcher matcher) => matcher.Type == MatcherType.UrlPattern ? "urlpattern" : "exact";

    // A token of Mercure 0.x may have any JSON for it, a document of the present version only an object.
    private static string? ObjectOf(string? payload) => payload?.StartsWith('{') == true ? payload : null;

    // The matcher itself is compared as if it were a topic (draft, "Payloads").
    private static string? PayloadOf(TopicMatcher matcher, AccessToken? token) =>
        token?.Payload ?? token?.Details.FirstOrDefault(detail => detail.Subscribe && detail.Topics.Any(topic => topic.Matches(matcher.Pattern)))?.Payload;
}

/// <summary>One matcher of one connection.</summary>
/// <param name="Type">The matcher's type as it is written.</param>
/// <param name="Match">The matcher.</param>
/// <param name="Subscriber">The connection's identifier.</param>
/// <param name="Collection">The topic of all subscriptions.</param>
/// <param name="Payload">A JSON object of its token, or <see langword="null"/>.</param>
/// <param name="Is0x">Whether it was made, and is told, as in Mercure 0.x.</param>
internal sealed record ActiveSubscription(string Type, string Match, string Subscriber, string Collection, string? Payload, bool Is0x = false)
{
    /// <summary>The topic of its events, which is also its address (draft, "Subscription Events").</summary>
    internal string Topic { get; } =
        $"{Collection}{(Is0x ? "" : "/" + Type)}/{Uri.EscapeDataString(Match)}/{Uri.EscapeDataString(Subscriber)}";
}
