using System.Text.RegularExpressions;
using Fonte.Browser.Tests.Demo;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>A server that is killed with all its pages open, and started again on its log.</summary>
public sealed partial class KilledServerTests(SharedBrowser browser) : IDisposable
{
    // What a page's own EventSources receive, whatever the page does with it.
    private const string Witness =
        """
        window.ids = [];
        window.EventSource = class extends EventSource {
          constructor(...all) {
            super(...all);
            for (const type of ['message', 'PEDIDO_FEITO', 'PAGAMENTO_CONFIRMADO', 'ERRO_DE_SISTEMA', 'fonte-gap']) {
              this.addEventListener(type, ({ lastEventId }) => window.ids.push(type === 'fonte-gap' ? 'gap' : lastEventId));
            }
          }
        };
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fonte-killed");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("/sensors/", "/sensors/stream")]
    [InlineData("/activity/", "/activity/stream")]
    [InlineData("/transports/", "/.well-known/mercure?match=transports")]
    public async Task Page_receives_what_the_log_holds_each_event_once(string path, string stream)
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.AddInitScriptAsync(Witness);
        await using var first = await DemoProcess.StartAsync("--urls", FreePort.Address(), "--data", _folder.FullName);
        await page.GotoAsync(new Uri(first.Address, path).AbsoluteUri);
        await HasAsync(page, 3);
        await first.KillAsync();
        await Expect(page.Locator("connection-state[data-state=retrying]").First).ToBeVisibleAsync();
        var before = await page.EvaluateAsync<int>("ids.length");

        await using var second = await DemoProcess.StartAsync("--urls", first.Address.OriginalString, "--data", _folder.FullName);
        await HasAsync(page, before + 5);
        await Expect(page.Locator("connection-state:not([data-state=open])")).ToHaveCountAsync(0);
        var received = await page.EvaluateAsync<string[]>("ids");

        var held = await HeldAsync(second, stream, received[^1]);
        Assert.Equal(held[held.IndexOf(received[0])..], received);
    }

    [Fact]
    public async Task Echo_keeps_the_session_its_texts_and_their_numbers()
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await using var first = await DemoProcess.StartAsync("--urls", FreePort.Address(), "--data", _folder.FullName);
        await page.GotoAsync(new Uri(first.Address, "/echo/").AbsoluteUri);
        await SendAsync(page, "one");
        await SendAsync(page, "two");
        await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["two", "one"]);
        await first.KillAsync();
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "retrying");
        await page.Locator("#text").FillAsync("three");
        await page.Locator("#form button").ClickAsync();
        await Expect(page.Locator("#answer")).ToContainTextAsync("The server does not answer");

        await using var second = await DemoProcess.StartAsync("--urls", first.Address.OriginalString, "--data", _folder.FullName);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        await page.Locator("#form button").ClickAsync();
        for (var n = 0; n < 2; n++)
        {
            await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["three", "two", "one"]);
            await Expect(page.Locator("#rows .number")).ToHaveTextAsync(["No. 3", "No. 2", "No. 1"]);
            await page.ReloadAsync();
        }
    }

    [Theory]
    [InlineData("/orders/")]
    [InlineData("/dashboard/")]
    [InlineData("/clock/")]
    public async Task Page_says_so_and_goes_on(string path)
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await using var first = await DemoProcess.StartAsync("--urls", FreePort.Address(), "--data", _folder.FullName);
        await page.GotoAsync(new Uri(first.Address, path).AbsoluteUri);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        await first.KillAsync();
        await Expect(page.Locator("connection-state")).ToHaveTextAsync(Retrying());
        await using var second = await DemoProcess.StartAsync("--urls", first.Address.OriginalString, "--data", _folder.FullName);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
    }

    [GeneratedRegex("^retrying")]
    private static partial Regex Retrying();

    private static async Task SendAsync(IPage page, string text)
    {
        await page.Locator("#text").FillAsync(text);
        await page.Locator("#form button").ClickAsync();
        await Expect(page.Locator("#text")).ToHaveValueAsync("");
    }

    // Not by WaitForFunctionAsync, whose text the page's policy does not let be evaluated.
    private static async Task HasAsync(IPage page, int count) => await page
        .EvaluateAsync("(count) => new Promise((resolve) => { const look = () => (ids.length >= count ? resolve() : setTimeout(look, 50)); look(); })", count)
        .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    /// <summary>The IDs of the stream's events in the log, up to this one.</summary>
    private static async Task<List<string>> HeldAsync(DemoProcess demo, string stream, string last)
    {
        using var http = new HttpClient { BaseAddress = demo.Address, Timeout = TimeSpan.FromSeconds(30) };
        var address = stream + (stream.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "last_event_id=earliest";
        using var response = await http.GetAsync(new Uri(address, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var ids = new List<string>();
        string? id = null;
        while (ids.Count == 0 || ids[^1] != last)
        {
            var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new EndOfStreamException();
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line["id: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) ids.Add(id!);
        }
        return ids;
    }
}
