using Fonte.Browser.Tests.Browser;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedBrowser))]

namespace Fonte.Browser.Tests.Browser;

/// <summary>The system's Chromium, without a window, started once; every test takes a context of its own.</summary>
public sealed class SharedBrowser : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        // The browser's own reconnection time is seconds, and starting a server takes seconds on a busy machine.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            // People's browsers keep a page that they may go back to.
            IgnoreDefaultArgs = ["--disable-back-forward-cache"],
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                // Cookies and same-site are about names of hosts, and these are nobody's (RFC 6761, section 6.2).
                "--host-resolver-rules=MAP *.test 127.0.0.1",
            ],
        });
    }

    public async Task<WatchedPage> OpenAsync(string locale = "en-GB", ColorScheme theme = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = locale,
            ColorScheme = theme,
            ViewportSize = new ViewportSize { Width = 1280, Height = 860 },
            // Of this machine is whatever it speaks to, with a certificate made for the run.
            IgnoreHTTPSErrors = true,
        });
        return new WatchedPage(await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
