using System.Globalization;
using System.Net;
using Fonte.Browser.Tests.Demo;
using Fonte.Browser.Tests.Samples;
using Fonte.Samples.Sensors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>The sensors' page, with machines so slow that after their first measurement only the test's own arrive.</summary>
public sealed class SensorsPageTests(SharedBrowser browser)
{
    [Fact]
    public async Task Temperature_above_35_raises_the_alert_in_words_with_the_machine_and_35_ends_it()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host, "pt-BR");
        var page = watched.Page;

        await MeasureAsync(host, "lathe", 35.1m, after: 1);
        await Expect(page.Locator("#alert")).ToHaveTextAsync("Alerta: temperatura elevada! Torno");
        await Expect(page.Locator("#alert")).ToBeVisibleAsync();
        await Expect(Machine(page, "lathe").Locator(".temperature")).ToHaveTextAsync("35,1\u00a0°C");
        await Expect(Machine(page, "lathe").Locator(".hot")).ToHaveTextAsync("acima de 35 °C");
        await Expect(page.Locator(".is-hot")).ToHaveCountAsync(1);

        await MeasureAsync(host, "lathe", 35.0m, after: 2);
        await Expect(Machine(page, "lathe").Locator(".temperature")).ToHaveTextAsync("35,0\u00a0°C");
        await Expect(page.Locator("#alert")).ToBeHiddenAsync();
        watched.AssertClean();
    }

    [Fact]
    public async Task Machine_that_is_silenced_on_the_page_is_marked_as_silent_and_speaks_again_when_it_may()
    {
        await using var host = await StartAsync(TimeSpan.FromMilliseconds(100));
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        var press = Machine(page, "press");

        await press.GetByRole(AriaRole.Button, new() { Name = "Silence: Press" }).ClickAsync();
        await Expect(press.Locator(".word")).ToHaveTextAsync("silent");
        await Expect(page.Locator(".machine .word:text-is('reporting')")).ToHaveCountAsync(3);

        // Whoever comes later is not told that it spoke a moment ago.
        await using var other = await browser.OpenAsync();
        await other.Page.GotoAsync(new Uri(host.Address, "/sensors/").AbsoluteUri);
        await Expect(Machine(other.Page, "press").Locator(".word")).ToHaveTextAsync("silent");

        await press.GetByRole(AriaRole.Button, new() { Name = "Let speak: Press" }).ClickAsync();
        await Expect(press.Locator(".word")).ToHaveTextAsync("reporting");
        watched.AssertClean();
        other.AssertClean();
    }

    [Fact]
    public async Task Machine_that_was_silent_for_longer_than_the_page_looks_back_is_marked_as_silent()
    {
        await using var host = await StartAsync(TimeSpan.FromMilliseconds(100));
        var machines = host.Services.GetRequiredService<SensorsPublisher>().Machines;
        await using var watched = await browser.OpenAsync();
        await watched.Page.RouteAsync("**/sensors/stream", route => route.ContinueAsync(new() { Url = new Uri(host.Address, "/sensors/stream?since=2100-01-01T00:00:00Z").AbsoluteUri }));
        machines.Single(machine => machine.Name == "press").IsSilent = true;
        await watched.Page.GotoAsync(new Uri(host.Address, "/sensors/").AbsoluteUri);
        await Expect(Machine(watched.Page, "press").Locator(".word")).ToHaveTextAsync("silent");
        await Expect(Machine(watched.Page, "press").GetByRole(AriaRole.Button)).ToHaveTextAsync("Let speak");
        await Expect(watched.Page.Locator(".machine .word:text-is('reporting')")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Measurement_of_another_time_or_of_no_size_does_no_lasting_harm()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        await MeasureAsync(host, "lathe", 21, after: 2_000_000_000);
        await MeasureAsync(host, "lathe", 1e6m, after: 1);
        for (var n = 0; n < 3; n++) await MeasureAsync(host, "press", 21 + n, after: n);
        await Expect(Machine(page, "press").Locator(".temperature")).ToHaveTextAsync("23.0\u00a0°C");
        await Expect(page.Locator(".machine .word:text-is('silent')")).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await Expect(Machine(page, "press").Locator(".temperature")).ToHaveTextAsync("23.0\u00a0°C");
        await Expect(page.Locator("#rows tr").First.Locator("td").Last).Not.ToHaveTextAsync("–");
        await Expect(page.Locator(".machine .word:text-is('silent')")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task One_measurement_of_long_ago_does_not_wipe_the_chart()
    {
        await using var host = await StartAsync();
        await FirstMeasurementsAsync(host);
        await MeasureAsync(host, "press", 20, after: 1);
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        await Expect(page.Locator("#received")).ToHaveTextAsync("5");
        var before = await page.Locator("#rows tr").First.Locator("td").AllTextContentsAsync();
        Assert.Contains("20.0", before);
        await MeasureAsync(host, "press", 39, after: -500);
        await Expect(page.Locator("#received")).ToHaveTextAsync("6");
        Assert.Equal(before, await page.Locator("#rows tr").First.Locator("td").AllTextContentsAsync());
    }

    [Fact]
    public async Task Nothing_is_cut_off_on_a_narrow_screen()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host, "pt-BR");
        await watched.Page.SetViewportSizeAsync(320, 800);
        foreach (var variable in (string[])["Temperatura", "Umidade", "Pressão"])
        {
            await watched.Page.Locator("#variable").GetByText(variable).ClickAsync();
            await Expect(watched.Page.Locator("#sentence")).ToContainTextAsync(variable);
            Assert.True(await watched.Page.EvaluateAsync<bool>("(() => { const box = document.querySelector('.scroll'); return box.scrollWidth <= box.clientWidth; })()"), variable);
        }
    }

    [Fact]
    public async Task Chart_sentence_and_table_have_the_past_as_soon_as_the_page_is_open()
    {
        await using var host = await StartAsync();
        await FirstMeasurementsAsync(host);
        for (var i = 1; i <= 20; i++) await MeasureAsync(host, "press", 20 + (i % 10), after: i);
        await MeasureAsync(host, "press", 36.5m, after: 21);
        await MeasureAsync(host, "press", 24, after: 22);
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;

        await page.GotoAsync(new Uri(host.Address, "/sensors/").AbsoluteUri);

        await Expect(page.Locator("#received")).ToHaveTextAsync("26");
        await Expect(page.Locator("#sentence")).ToHaveTextAsync("Temperature in °C: from 20.0\u00a0°C (Press) to 36.5\u00a0°C (Press).");
        Assert.Equal(["24.0", "20.0", "36.5"], await page.Locator("#rows tr").First.Locator("td").AllTextContentsAsync());
        Assert.True(await DrawnAsync(page) > 100);
        await page.GetByText("Pressure", new() { Exact = true }).Last.ClickAsync();
        await Expect(page.Locator("#sentence")).ToContainTextAsync("Pressure in hPa");
        watched.AssertClean();
    }

    [Fact]
    public async Task What_is_no_measurement_is_counted_and_changes_nothing_else()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        foreach (var text in HostileText.All) await host.PublishAsync("sensors/press", text);
        await host.PublishAsync("sensors/press", """{"machine":"press","temperature":"<b>30</b>","humidity":1,"pressure":1,"time":"2026-01-01T00:00:00Z","every":2}""");

        await MeasureAsync(host, "press", 21.5m, after: 1);

        await Expect(Machine(page, "press").Locator(".temperature")).ToHaveTextAsync("21.5\u00a0°C");
        await Expect(page.Locator("#received")).ToHaveTextAsync((4 + HostileText.All.Count + 2).ToString(CultureInfo.InvariantCulture));
        await HostileText.AssertHarmlessAsync(page);
        watched.AssertClean();
    }

    [Fact]
    public async Task Server_that_is_away_makes_nobody_silent_and_each_event_counts_once_when_it_is_back()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-sensors-");
        try
        {
            var host = await StartAsync(data: folder.FullName, urls: FreePort.Address());
            await using var watched = await OpenAsync(host);
            await host.DisposeAsync();
            await Expect(watched.Page.Locator(".machine .word:text-is('nothing arrives')")).ToHaveCountAsync(4);

            await using var again = await StartAsync(data: folder.FullName, urls: host.Address.OriginalString);
            await FirstMeasurementsAsync(again, count: 8);
            await MeasureAsync(again, "press", 22, after: 3600);
            await Expect(Machine(watched.Page, "press").Locator(".temperature")).ToHaveTextAsync("22.0\u00a0°C");
            await Expect(watched.Page.Locator("#received")).ToHaveTextAsync("9");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Interval_is_chosen_on_the_page_by_keyboard_and_other_pages_show_it()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host);
        await using var other = await OpenAsync(host, "pt-BR");
        var choice = watched.Page.GetByLabel("Seconds between two measurements");
        await Expect(choice).ToHaveValueAsync("3600");

        // A longer one is told at once, so that nobody seems to be silent.
        await choice.SelectOptionAsync("30");
        await Expect(watched.Page.Locator("#received")).ToHaveTextAsync("8");
        await Expect(other.Page.Locator("#interval option:checked")).ToHaveTextAsync("30");

        await choice.FocusAsync();
        await watched.Page.Keyboard.TypeAsync("0.5");

        await Expect(watched.Page.Locator("#received")).Not.ToHaveTextAsync("8");
        await Expect(choice).ToHaveValueAsync("0.5");
        await Expect(other.Page.Locator("#interval option:checked")).ToHaveTextAsync("0,5");
        watched.AssertClean();
        other.AssertClean();
    }

    [Theory]
    [InlineData("0.5", 0.5)]
    [InlineData("0.05", 3600)]
    [InlineData("3601", 3600)]
    [InlineData("NaN", 3600)]
    [InlineData("x", 3600)]
    public async Task Interval_is_changed_within_limits(string seconds, double expected)
    {
        await using var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sensors/interval?seconds=" + seconds);
        request.Headers.Add("Origin", host.Address.GetLeftPart(UriPartial.Authority));
        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected == 3600 ? HttpStatusCode.BadRequest : HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(expected), host.Services.GetRequiredService<SensorsPublisher>().Interval);
    }

    [Fact]
    public async Task Machines_are_silenced_only_by_pages_of_this_server()
    {
        await using var host = await StartAsync();
        var press = host.Services.GetRequiredService<SensorsPublisher>().Machines.Single(machine => machine.Name == "press");

        foreach (var origin in (string?[])[null, "null", "https://evil.example"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("press/silence", origin));
            Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("interval?seconds=1", origin));
        }

        Assert.False(press.IsSilent);
        var own = host.Address.GetLeftPart(UriPartial.Authority);
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync("nothing/silence", own));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync("press/silence", own));
        Assert.True(press.IsSilent);
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync("press/wake", own));
        Assert.False(press.IsSilent);

        async Task<HttpStatusCode> PostAsync(string path, string? origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sensors/" + path);
            if (origin is not null) request.Headers.Add("Origin", origin);
            using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    private static Task<SampleHost> StartAsync(TimeSpan? interval = null, string data = FonteOptions.InMemory, string urls = "http://127.0.0.1:0") => SampleHost.StartAsync(
        services => services.AddSensors().Configure<SensorsOptions>(options => options.Interval = interval ?? TimeSpan.FromHours(1)), app => app.MapSensors(), data, urls);

    /// <summary>Opens the page and waits until it shows all four.</summary>
    private async Task<WatchedPage> OpenAsync(SampleHost host, string locale = "en-GB")
    {
        var watched = await browser.OpenAsync(locale);
        await watched.Page.GotoAsync(new Uri(host.Address, "/sensors/").AbsoluteUri);
        await Expect(watched.Page.Locator(".machine:not(.is-unknown)")).ToHaveCountAsync(4);
        return watched;
    }

    private static ILocator Machine(IPage page, string name) => page.Locator($"[data-machine={name}]");

    private static Task MeasureAsync(SampleHost host, string machine, decimal temperature, int after) => host.PublishAsync(
        "sensors/" + machine,
        string.Create(CultureInfo.InvariantCulture, $$"""{"machine":"{{machine}}","temperature":{{temperature}},"humidity":50,"pressure":1010,"time":"{{DateTimeOffset.UtcNow.AddSeconds(after):O}}","every":3600}"""));

    /// <summary>Waits until the machines' own are in the log, so that the test's come behind them.</summary>
    private static async Task FirstMeasurementsAsync(SampleHost host, int count = 4)
    {
        using var response = await host.Http.GetAsync(new Uri("/sensors/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        for (var left = count; left > 0;)
        {
            var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new EndOfStreamException();
            if (line.StartsWith("data:", StringComparison.Ordinal)) left--;
        }
    }

    /// <summary>How many points of the chart have the colour of the first machine's line.</summary>
    private static Task<int> DrawnAsync(IPage page) => page.EvaluateAsync<int>(
        """
        () => {
          const [red, green, blue] = getComputedStyle(document.querySelector('#rows .line')).color.match(/\d+/g).map(Number);
          const canvas = document.querySelector('#chart canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4) if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255) count++;
          return count;
        }
        """);
}
