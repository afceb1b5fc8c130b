using Fonte.Browser.Tests.Demo;
using Fonte.Server.Tests.Proxies;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>A page and its <c>EventSource</c> behind nginx, as docs/proxies.md has it set and as it is set otherwise.</summary>
public sealed class ProxiedPageTests(SharedBrowser browser) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fonte-proxied");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Page_streams_at_once_and_goes_on_after_the_proxy_had_no_hub()
    {
        await using var first = await DemoProcess.StartAsync("--urls", FreePort.Address(), "--data", _folder.FullName, "--dev");
        await using var nginx = await DocumentedConfiguration.StartAsync(first.Address);
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(new Uri(nginx.Address, "/echo/").AbsoluteUri);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        await page.Locator("#text").FillAsync("before");
        await page.Locator("#text").PressAsync("Control+Enter");
        await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["before"]);
        watched.AssertClean();

        // nginx answers 502 now, at which an EventSource gives up; the page does not.
        await first.KillAsync();
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "retrying");
        await using var second = await DemoProcess.StartAsync("--urls", first.Address.OriginalString, "--data", _folder.FullName, "--dev");
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open", new() { Timeout = 30_000 });
        await page.Locator("#text").FillAsync("after");
        await page.Locator("#text").PressAsync("Control+Enter");
        await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["after", "before"]);
    }

    [Fact]
    public async Task Behind_a_proxy_that_buffers_the_page_stays_connecting()
    {
        await using var demo = await DemoProcess.StartAsync("--urls", FreePort.Address(), "--data", _folder.FullName);
        await using var nginx = await NginxProcess.StartNaiveAsync(demo.Address, "proxy_ignore_headers X-Accel-Buffering;");
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(new Uri(nginx.Address, "/clock/").AbsoluteUri);
        await using var direct = await browser.OpenAsync();
        await direct.Page.GotoAsync(new Uri(demo.Address, "/clock/").AbsoluteUri);
        await Expect(direct.Page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "connecting");
    }
}
