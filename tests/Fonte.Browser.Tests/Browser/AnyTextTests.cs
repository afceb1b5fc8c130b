using System.Text;
using CsCheck;
using Fonte.Browser.Tests.Demo;
using Xunit;

namespace Fonte.Browser.Tests.Browser;

/// <summary>Any text as data comes back equal through a browser's own EventSource, with CR and CRLF read as LF.</summary>
public sealed class AnyTextTests(SharedDemo demo, SharedBrowser browser)
{
    private static readonly string[] Special = ["\r", "\n", "\r\n", "\0", "\uFEFF", "😀", ":", " ", "data:", "id: 1", "\u2028", "\u0085", ""];

    [Fact]
    public async Task Any_text_comes_back_equal()
    {
        var rune = Gen.Int[0, 0x10FFFF].Where(Rune.IsValid).Select(value => new Rune(value).ToString());
        var text = Gen.OneOf(Gen.Int[0, Special.Length - 1].Select(index => Special[index]), rune).Array[0, 40].Select(string.Concat);
        var texts = new List<string>(Special) { "\uFEFF\uFEFF", "\0\0", "\r\r\n\n", Large() };
        text.Sample(texts.Add, iter: 200, threads: 1);

        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(demo.Address.AbsoluteUri);
        await watched.Page.EvaluateAsync(
            """
            () => new Promise((opened) => {
              window.received = [];
              window.source = new EventSource("/.well-known/mercure?match=any-text");
              window.source.onopen = opened;
              window.source.onmessage = (event) => window.received.push(event.data);
            })
            """);
        foreach (var one in texts) await demo.PublishAsync("any-text", one);
        await watched.Page.WaitForFunctionAsync("(count) => window.received.length >= count", texts.Count);

        var received = await watched.Page.EvaluateAsync<string[]>("window.received");
        Assert.Equal(texts.Select(one => one.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')), received);
    }

    private static string Large()
    {
        var large = new StringBuilder();
        for (var n = 0; large.Length < 1024 * 1024; n++) large.Append(n).Append(Special[n % Special.Length]);
        return large.ToString();
    }
}
