using Microsoft.Playwright;
using Xunit;

namespace Fonte.Browser.Tests.Browser;

/// <summary>What a stranger may send to a page, and the proof that none of it was run.</summary>
internal static class HostileText
{
    public const string Script = "<script>window.ran = true</script><img src=x onerror='window.ran = true'>";
    public const string Style = "</style></textarea></title><style>* { display: none !important }</style>";
    public const string RightToLeft = "\u202E\u2067abc\u200F\u061C";

    /// <summary>A mebibyte without a place to break a line.</summary>
    public static string Large { get; } = new('x', 1024 * 1024);

    public static IReadOnlyList<string> All { get; } = [Script, Style, RightToLeft, Large, "{", "null", "[]", "7", "\"text\"", "{}", """{"__proto__":{"ran":true},"machine":"__proto__"}""", "\0", ""];

    /// <summary>Nothing was run, nothing is wider than the window, and no element has come from the text.</summary>
    public static async Task AssertHarmlessAsync(IPage page)
    {
        Assert.False(await page.EvaluateAsync<bool>("'ran' in window || 'ran' in {}"));
        Assert.Equal(0, await page.Locator("main :is(script, img, style)").CountAsync());
        Assert.Equal(page.ViewportSize!.Width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }
}
