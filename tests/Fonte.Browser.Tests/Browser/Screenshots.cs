using Microsoft.Playwright;

namespace Fonte.Browser.Tests.Browser;

/// <summary>With <c>FONTE_SCREENSHOTS=folder</c> the page tests leave two pictures of every page there: in English and light, and in Portuguese and dark.</summary>
internal static class Screenshots
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("FONTE_SCREENSHOTS");

    public static async Task TakeAsync(IPage page, string path, string language, ColorScheme theme)
    {
        if (string.IsNullOrEmpty(Folder) || (language == "en") != (theme == ColorScheme.Light)) return;
        var name = path.Trim('/') is { Length: > 0 } folder ? folder : "home";
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(Folder, $"{name}-{language}-{(theme == ColorScheme.Dark ? "dark" : "light")}.png"),
            FullPage = true,
        });
    }
}
