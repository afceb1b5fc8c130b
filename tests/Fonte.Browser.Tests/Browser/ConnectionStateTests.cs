using System.Text.RegularExpressions;
using Fonte.Browser.Tests.Demo;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

public sealed partial class ConnectionStateTests(SharedDemo demo, SharedBrowser browser)
{
    [Fact]
    public async Task Server_killed_is_retrying_in_n_s_and_the_server_back_on_its_log_is_open_without_a_gap()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-state-");
        try
        {
            await AssertStateAfterRestartAsync(folder.FullName, "open");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public Task Server_back_with_another_log_is_a_gap() => AssertStateAfterRestartAsync(":memory:", "gap: some events were missed");

    [Fact]
    public async Task Event_published_while_the_server_refuses_arrives_when_it_no_longer_does()
    {
        await using var proxy = await StreamProxy.StartAsync(demo.Address, stripPositions: false);
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        // The lab's own event of this interval comes once, and the next in an hour.
        await page.GotoAsync(new Uri(proxy.Address, "/lab/?stream=eventos&intervalo=3600").AbsoluteUri);
        await Expect(page.Locator("#rows li").First).ToBeVisibleAsync();
        Assert.Null(await proxy.NextRequestAsync());

        // The browser comes back by itself, is refused, and so gives up; what comes next is the page's own attempt.
        proxy.Cut();
        Assert.NotNull(await proxy.NextRequestAsync());
        proxy.Refuse();
        await demo.PublishAsync("lab/eventos/3600.0", """{"contador":2,"mensagem":"published meanwhile","horario":"07:05:00"}""");
        Assert.NotNull(await proxy.NextRequestAsync());
        proxy.Open();

        await Expect(page.Locator("#rows")).ToContainTextAsync("published meanwhile");
        await Expect(page.Locator("connection-state")).ToHaveTextAsync("open");
    }

    [Fact]
    public async Task Clock_stopped_is_closed_and_started_again_is_open()
    {
        await using var watched = await browser.OpenAsync("pt-BR");
        var page = watched.Page;
        await page.GotoAsync(new Uri(demo.Address, "/clock/").AbsoluteUri);
        await Expect(page.Locator("connection-state")).ToHaveTextAsync("aberta");

        await page.GetByRole(AriaRole.Button, new() { Name = "Parar" }).ClickAsync();
        await Expect(page.Locator("connection-state")).ToHaveTextAsync("fechada");

        await page.GetByRole(AriaRole.Button, new() { Name = "Iniciar" }).ClickAsync();
        await Expect(page.Locator("connection-state")).ToHaveTextAsync("aberta");
    }

    /// <summary>Opens the lab, lets it receive an event, kills its server, sees it retry, and starts the server again.</summary>
    private async Task AssertStateAfterRestartAsync(string data, string expected)
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        var state = page.Locator("connection-state");
        await using var first = await DemoProcess.StartAsync("--urls", FreePort.Address(), "--data", data);
        await page.GotoAsync(new Uri(first.Address, "/lab/?stream=eventos&intervalo=1").AbsoluteUri);
        await Expect(page.Locator("#rows li").First).ToBeVisibleAsync();
        await Expect(state).ToHaveTextAsync("open");

        await first.KillAsync();
        await Expect(state).ToHaveTextAsync(RetryingIn());

        await using var second = await DemoProcess.StartAsync("--urls", first.Address.OriginalString, "--data", data);
        await Expect(state).ToHaveTextAsync(expected);
    }

    [GeneratedRegex(@"^retrying\s*in \d+ s$")]
    private static partial Regex RetryingIn();
}
