using Fonte.Browser.Tests.Browser;
using Microsoft.Playwright;
using Xunit;

namespace Fonte.Browser.Tests.CrossOrigin;

/// <summary>Publishing with the cookie, by pages that may and by pages that abuse it (CWE-352; Mercure draft -08, "Security Considerations").</summary>
public sealed class CookiePublishingTests(SharedHub hub, SharedBrowser browser)
{
    private const string ToEverySite = "Domain=example.test; Path=/.well-known/mercure; Secure; HttpOnly; SameSite=None";
    private readonly string _topic = SharedHub.NewTopic();

    [Fact]
    public async Task Page_of_the_trusted_origin_publishes_with_the_cookie()
    {
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.SignIn(SharedHub.Token("publish", _topic)));
        var subscription = await PageSubscription.OpenAsync(watched.Page, hub.Url, _topic, withCredentials: true);

        var answer = await watched.Page.EvaluateAsync<string>(
            """
            async ({ url, topic }) => {
              const response = await fetch(url, { method: "POST", credentials: "include", body: new URLSearchParams({ topic, data: "of the page" }) });
              return `${response.status} ${(await response.text()).length > 0}`;
            }
            """,
            new { url = hub.Url.AbsoluteUri, topic = _topic });

        Assert.Equal("200 true", answer);
        Assert.Equal(["of the page"], await subscription.ReceivedAsync(1));
    }

    [Fact]
    public async Task Page_of_another_origin_of_the_same_site_is_refused_though_the_cookie_goes_along()
    {
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.SignIn(SharedHub.Token("publish", _topic)));
        await AssertForgeriesRefusedAsync(watched.Page, hub.NeighbourOrigin, background: 403, navigation: 403);
    }

    [Fact]
    public async Task Page_of_another_site_is_refused_though_a_cookie_that_is_not_SameSite_goes_along_with_its_form()
    {
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.SignIn(SharedHub.Token("publish", _topic), ToEverySite));
        // In the background the browser keeps it back all the same, as a cookie of a third party.
        await AssertForgeriesRefusedAsync(watched.Page, hub.StrangerOrigin, background: 401, navigation: 403);
    }

    [Fact]
    public async Task Page_of_another_site_does_not_even_present_the_recommended_cookie()
    {
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.SignIn(SharedHub.Token("publish", _topic)));
        await AssertForgeriesRefusedAsync(watched.Page, hub.StrangerOrigin, background: 401, navigation: 401);
    }

    /// <summary>What a page can send without asking first: a form in the background, and one that the browser goes to.</summary>
    private async Task AssertForgeriesRefusedAsync(IPage page, string origin, int background, int navigation)
    {
        await using var other = await browser.OpenAsync();
        await other.Page.GotoAsync(hub.TrustedOrigin);
        var subscription = await PageSubscription.OpenAsync(other.Page, hub.Url, _topic, withCredentials: false);

        await page.GotoAsync(origin);
        var fetched = await page.RunAndWaitForResponseAsync(
            () => page.EvaluateAsync(
                """({ url, topic }) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams({ topic, data: "forged" }) })""",
                new { url = hub.Url.AbsoluteUri, topic = _topic }),
            response => response.Url == hub.Url.AbsoluteUri);
        Assert.Equal(background, fetched.Status);
        var visited = await page.RunAndWaitForResponseAsync(
            () => page.EvaluateAsync(
                """
                ({ url, topic }) => {
                  const form = Object.assign(document.createElement("form"), { method: "post", action: url });
                  for (const [name, value] of Object.entries({ topic, data: "forged" })) {
                    form.append(Object.assign(document.createElement("input"), { name, value }));
                  }
                  document.body.append(form);
                  form.submit();
                }
                """,
                new { url = hub.Url.AbsoluteUri, topic = _topic }),
            response => response.Url == hub.Url.AbsoluteUri);
        Assert.Equal(navigation, visited.Status);

        await hub.PublishAsync(_topic, "real");
        Assert.Equal(["real"], await subscription.ReceivedAsync(1));
    }
}
