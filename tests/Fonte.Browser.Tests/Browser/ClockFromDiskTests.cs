using System.Text.RegularExpressions;
using Fonte.Browser.Tests.Demo;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

public sealed partial class ClockFromDiskTests(SharedBrowser browser)
{
    [Fact]
    public async Task Page_opened_from_disk_shows_the_time_then_the_error_then_the_time_again_by_itself()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-clock-");
        try
        {
            string[] data = ["--data", Path.Combine(folder.FullName, "data")];
            await using var first = await DemoProcess.StartAsync(["--urls", FreePort.Address(), .. data]);
            var file = await CopyPageAsync(folder.FullName, first.Address);
            await using var watched = await browser.OpenAsync();
            var time = watched.Page.Locator("#time");

            await watched.Page.GotoAsync(new Uri(file).AbsoluteUri);
            await Expect(time).ToHaveTextAsync(DateAndTime());

            await first.KillAsync();
            await Expect(time).ToHaveTextAsync("Error: no connection to the server. Trying again…");

            await using var second = await DemoProcess.StartAsync(["--urls", first.Address.OriginalString, .. data]);
            await Expect(time).ToHaveTextAsync(DateAndTime());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The page that is shipped, with nothing changed but the port, which is whichever is free here.
    private static async Task<string> CopyPageAsync(string folder, Uri address)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Samples, "Clock", "clock-from-disk.html"));
        var parts = page.Split("http://127.0.0.1:8000/data");
        Assert.Equal(2, parts.Length);
        var file = Path.Combine(folder, "clock.html");
        await File.WriteAllTextAsync(file, string.Join(new Uri(address, "/data").AbsoluteUri, parts));
        return file;
    }

    [GeneratedRegex(@"^\d\d/\d\d/\d{4} \d\d:\d\d:\d\d$")]
    private static partial Regex DateAndTime();
}
