using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Browser.Tests.Demo;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>The orders' page, with the four services as processes.</summary>
public sealed class OrdersPageTests(SharedBrowser browser) : IAsyncLifetime
{
    private static readonly LocatorAssertionsToHaveTextOptions Patient = new() { Timeout = 20_000 };
    private DemoProcess _demo = null!;

    public async ValueTask InitializeAsync() => _demo = await DemoProcess.StartAsync("--urls", DemoProcess.AnyPort, "--data", ":memory:");

    public async ValueTask DisposeAsync() => await _demo.DisposeAsync();

    [Fact]
    public async Task Orders_are_followed_to_their_ends_of_whatever_kind_and_a_poisonous_event_is_told_with_its_reason()
    {
        await using var watched = await OpenAsync();
        var page = watched.Page;
        await ClickAsync(page, "Order");
        await Expect(page.Locator("#rows > li").First.Locator(".end")).ToHaveTextAsync("yours", Patient);
        await Expect(page.Locator("#rows > li").First.Locator(".steps")).ToHaveTextAsync("placedpaidreserved");
        await ClickAsync(page, "One too dear");
        await Expect(page.Locator("#rows > li").First.Locator(".end")).ToHaveTextAsync("refused");
        await ClickAsync(page, "Ten rarities");
        await Expect(page.Locator("#rows > li").First.Locator(".end")).ToHaveTextAsync("paid back");
        await ClickAsync(page, "A poisonous event");
        await Expect(Service(page, "payment").Locator(".reasons li")).ToContainTextAsync("The amount of order poison-", new() { Timeout = 20_000 });
        await ClickAsync(page, "Twenty at once");
        await Expect(page.Locator("#told")).ToHaveTextAsync("23", Patient);
        await Expect(page.Locator("#rows .end.good")).ToHaveCountAsync(21);
        foreach (var name in (string[])["order", "payment", "stock", "notification"]) await Expect(Service(page, name).Locator(".waiting")).ToHaveTextAsync("0", Patient);
        watched.AssertClean();
        await Screenshots.TakeAsync(page, "/orders-followed/", "en", ColorScheme.Light);
    }

    [Fact]
    public async Task Order_that_is_placed_and_paid_is_in_the_activity_of_the_company_once_each()
    {
        await using var orders = await OpenAsync();
        await using var activity = await browser.OpenAsync(locale: "en");
        await activity.Page.GotoAsync(new Uri(_demo.Address, "/activity/").AbsoluteUri);
        await activity.Page.Locator("#search").FillAsync("from orders");
        await ClickAsync(orders.Page, "Order");
        await Expect(orders.Page.Locator("#told")).ToHaveTextAsync("1", Patient);
        await ClickAsync(orders.Page, "One too dear");

        await Expect(activity.Page.Locator("#rows .word")).ToHaveTextAsync(["Order placed", "Payment approved", "Order placed"]);
        await Expect(activity.Page.Locator("#rows .text").Last).ToContainTextAsync("of 40.00");
        activity.AssertClean();
    }

    [Fact]
    public async Task Orders_wait_while_payment_is_stopped_and_flow_when_it_is_started()
    {
        await using var watched = await OpenAsync();
        var page = watched.Page;
        var payment = Service(page, "payment");
        await payment.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(payment.Locator(".word")).ToHaveTextAsync("stopped");
        await ClickAsync(page, "Twenty at once");
        await Expect(payment.Locator(".waiting")).ToHaveTextAsync("20", Patient);
        await Expect(page.Locator("#told")).ToHaveTextAsync("0");
        watched.AssertClean();
        await Screenshots.TakeAsync(page, "/orders-waiting/", "en", ColorScheme.Light);
        await payment.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#told")).ToHaveTextAsync("20", Patient);
        await Expect(payment.Locator(".waiting")).ToHaveTextAsync("0", Patient);
        await Expect(payment.Locator(".word")).ToHaveTextAsync("running");
    }

    [Fact]
    public async Task Tabs_share_one_stream_and_each_shows_its_own_orders()
    {
        await using var watched = await OpenAsync();
        var other = await watched.Page.Context.NewPageAsync();
        var streams = 0;
        watched.Page.Context.Request += (_, request) => streams += request.Url.Contains("mercure?", StringComparison.Ordinal) ? 1 : 0;
        await GotoAsync(other);
        await Expect(other.Locator("connection-state")).ToHaveTextAsync("open");
        Assert.Equal(await watched.Page.TextContentAsync("#customer"), await other.TextContentAsync("#customer"));
        await ClickAsync(other, "Order");
        await Expect(other.Locator("#rows > li .end")).ToHaveTextAsync("yours", Patient);
        await Expect(watched.Page.Locator("#told")).ToHaveTextAsync("1", Patient);
        await Expect(watched.Page.Locator("#rows > li")).ToHaveCountAsync(0);
        Assert.Equal(0, streams);

        await watched.Page.CloseAsync();
        await ClickAsync(other, "Twenty at once");
        await Expect(other.Locator("#told")).ToHaveTextAsync("21", Patient);
        Assert.Equal(1, streams);
        watched.AssertClean();
    }

    [Fact]
    public async Task Token_that_is_refused_is_renewed_for_the_same_customer_and_the_stream_goes_on()
    {
        await using var watched = await browser.OpenAsync(locale: "en");
        var sessions = 0;
        await watched.Page.RouteAsync("**/orders/session", async route =>
        {
            sessions++;
            await route.ContinueAsync();
        });
        var refused = false;
        await watched.Page.RouteAsync("**/.well-known/mercure?**", async route =>
        {
            (var isFirst, refused) = (!refused, true);
            if (isFirst) await route.FulfillAsync(new() { Status = 401 });
            else await route.ContinueAsync();
        });
        await GotoAsync(watched.Page);
        // One for the page, one for the first connection, and one for the second.
        Assert.Equal(3, sessions);
        await ClickAsync(watched.Page, "Order");
        await Expect(watched.Page.Locator("#rows > li .end")).ToHaveTextAsync("yours", Patient);
    }

    [Theory]
    [InlineData(13, true)]
    [InlineData(31 * 24, false)]
    public async Task Customer_whose_token_has_expired_is_the_same_for_a_month(int hours, bool isSame)
    {
        var folder = Directory.CreateTempSubdirectory("fonte-orders-");
        try
        {
            await using var demo = await DemoProcess.StartAsync("--urls", DemoProcess.AnyPort, "--data", folder.FullName);
            var token = new TestToken().With("iss", "https://orders.example").With("sub", "known").With("exp", TestToken.Now() - (hours * 3600));
            var secret = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "orders", "secret"), TestContext.Current.CancellationToken);
            using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = demo.Address };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/orders/session");
            request.Headers.Add("Origin", demo.Address.GetLeftPart(UriPartial.Authority));
            var name = "orders_token_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 4));
            request.Headers.Add("Cookie", $"{name}={token.Sign(secret)}");
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(isSame, (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("\"known\"", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Services_are_stopped_and_started_only_by_pages_of_this_server()
    {
        using var http = new HttpClient { BaseAddress = _demo.Address };
        var own = _demo.Address.GetLeftPart(UriPartial.Authority);
        Assert.Equal(HttpStatusCode.Forbidden, await StopAsync(null, null));
        Assert.Equal(HttpStatusCode.Forbidden, await StopAsync("https://evil.example", null));
        Assert.Equal(HttpStatusCode.Forbidden, await StopAsync("null", null));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StopAsync("http://evil.example", "evil.example"));
        Assert.Equal(HttpStatusCode.NotFound, await StopAsync(own, null, "nothing"));
        Assert.Equal("true", await StateAsync());
        Assert.Equal(HttpStatusCode.NoContent, await StopAsync(own, null));
        Assert.Equal("false", await StateAsync());

        async Task<HttpStatusCode> StopAsync(string? origin, string? host, string name = "stock")
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/orders/services/{name}/stop");
            if (origin is not null) request.Headers.Add("Origin", origin);
            if (host is not null) request.Headers.Host = host;
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }

        async Task<string> StateAsync()
        {
            using var services = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri("/orders/services", UriKind.Relative), TestContext.Current.CancellationToken));
            return services.RootElement.GetProperty("stock").GetRawText();
        }
    }

    private static ILocator Service(IPage page, string name) => page.Locator(string.Create(CultureInfo.InvariantCulture, $".service[data-service={name}]"));

    private static Task ClickAsync(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();

    private async Task<WatchedPage> OpenAsync()
    {
        var watched = await browser.OpenAsync(locale: "en");
        await GotoAsync(watched.Page);
        return watched;
    }

    private async Task GotoAsync(IPage page)
    {
        await page.GotoAsync(new Uri(_demo.Address, "/orders/").AbsoluteUri);
        await Expect(page.Locator(".service:not(.silent):not(.stopped) .received:not(:text(\"–\"))")).ToHaveCountAsync(4, new() { Timeout = 20_000 });
    }
}
