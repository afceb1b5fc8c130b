using Fonte.Browser.Tests.Browser;
using Xunit;

namespace Fonte.Browser.Tests.CrossOrigin;

/// <summary>A browser's own <c>EventSource</c> on a page of one origin, the hub on another, and the access token in the cookie (Mercure draft -08, "Cookie").</summary>
public sealed class EventSourceCookieTests(SharedHub hub, SharedBrowser browser)
{
    private readonly string _topic = SharedHub.NewTopic();

    [Fact]
    public async Task EventSource_with_credentials_and_the_cookie_receives_a_private_event_and_others_only_the_public_one_after_it()
    {
        await using var signedIn = await browser.OpenAsync();
        await using var signedOut = await browser.OpenAsync();
        await signedIn.Page.GotoAsync(hub.SignIn(SharedHub.Token("subscribe", _topic)));
        await signedOut.Page.GotoAsync(hub.TrustedOrigin);
        var member = await PageSubscription.OpenAsync(signedIn.Page, hub.Url, _topic, withCredentials: true);
        var withoutCredentials = await PageSubscription.OpenAsync(signedIn.Page, hub.Url, _topic, withCredentials: false);
        var withoutCookie = await PageSubscription.OpenAsync(signedOut.Page, hub.Url, _topic, withCredentials: true);

        await hub.PublishAsync(_topic, "secret", isPrivate: true);
        await hub.PublishAsync(_topic, "open");

        Assert.Equal(["secret", "open"], await member.ReceivedAsync(2));
        Assert.Equal(["open"], await withoutCredentials.ReceivedAsync(1));
        Assert.Equal(["open"], await withoutCookie.ReceivedAsync(1));
    }

    [Fact]
    public async Task EventSource_whose_cookie_grants_another_topic_receives_only_the_public_event()
    {
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.SignIn(SharedHub.Token("subscribe", SharedHub.NewTopic())));
        var subscription = await PageSubscription.OpenAsync(watched.Page, hub.Url, _topic, withCredentials: true);

        await hub.PublishAsync(_topic, "secret", isPrivate: true);
        await hub.PublishAsync(_topic, "open");

        Assert.Equal(["open"], await subscription.ReceivedAsync(1));
    }

    [Fact]
    public async Task EventSource_whose_connection_breaks_comes_back_with_its_cookie_and_receives_the_private_event_that_it_missed()
    {
        await using var proxy = new TcpProxy(hub.Port);
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.SignIn(SharedHub.Token("subscribe", _topic)));
        var subscription = await PageSubscription.OpenAsync(watched.Page, SharedHub.At(proxy.Port), _topic, withCredentials: true);
        await hub.PublishAsync(_topic, "before", isPrivate: true);
        await subscription.ReceivedAsync(1);

        proxy.Cut();
        await subscription.InterruptedAsync();
        await hub.PublishAsync(_topic, "meanwhile", isPrivate: true);
        proxy.Open();

        Assert.Equal(["before", "meanwhile"], await subscription.ReceivedAsync(2));
        await hub.PublishAsync(_topic, "after", isPrivate: true);
        Assert.Equal(["before", "meanwhile", "after"], await subscription.ReceivedAsync(3));
    }

    [Fact]
    public async Task EventSource_with_credentials_on_a_page_of_an_origin_that_is_not_trusted_is_closed_by_the_browser()
    {
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.SignIn(SharedHub.Token("subscribe", _topic)));
        await watched.Page.GotoAsync(hub.NeighbourOrigin);

        // The neighbour is of the same site, so the cookie goes along, and the hub answers; only CORS keeps the page from reading.
        var subscription = await PageSubscription.OpenAsync(watched.Page, hub.Url, _topic, withCredentials: true);

        Assert.True(await subscription.IsClosedAsync());
    }
}
