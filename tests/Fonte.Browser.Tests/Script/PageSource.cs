using System.Text.Json;
using Microsoft.Playwright;

namespace Fonte.Browser.Tests.Script;

/// <summary>A <c>FonteSource</c> on a page, with all that it dispatched.</summary>
internal sealed class PageSource(IPage page, string name)
{
    private const int Soon = 30_000;

    internal IPage Page => page;

    /// <summary>The variable of the page that holds it.</summary>
    internal string Variable => name;

    /// <summary>Makes one on a page of the origin that serves the module.</summary>
    /// <param name="page">The page.</param>
    /// <param name="url">Of the stream.</param>
    /// <param name="options">As an expression of JavaScript.</param>
    /// <param name="types">Of the events to listen to.</param>
    internal static async Task<PageSource> MakeAsync(IPage page, string url, string options = "{}", params string[] types)
    {
        var source = new PageSource(page, "s" + Guid.NewGuid().ToString("N"));
        await page.EvaluateAsync(
            $$"""
            async ({ name, url, types }) => {
              const { FonteSource } = await import('/fonte/fonte.js');
              const source = new FonteSource(url, {{options}});
              const made = window[name] = { source, until: undefined, events: [], states: [source.state], gaps: [] };
              for (const type of ['message', ...types]) source.addEventListener(type, (event) => made.events.push(event));
              source.addEventListener('state', ({ detail }) => {
                made.states.push(detail.state);
                made.until = detail.until;
              });
              source.addEventListener('gap', ({ detail }) => made.gaps.push(detail.reason));
            }
            """,
            new { name = source.Variable, url, types });
        return source;
    }

    /// <summary>Makes one, and waits until it is open.</summary>
    internal static async Task<PageSource> OpenAsync(IPage page, string url, string options = "{}")
    {
        var source = await MakeAsync(page, url, options);
        await source.UntilStateAsync("open");
        return source;
    }

    internal Task UntilStateAsync(string state) => UntilAsync($"source.state === '{state}'");

    /// <summary>Waits until a state has been told this often.</summary>
    internal Task UntilStatesAsync(string state, int count) => UntilAsync($"states.filter((state) => state === '{state}').length >= {count}");

    internal Task UntilAsync(string condition) => page.WaitForFunctionAsync($"{name}.{condition}", null, new() { Timeout = Soon });

    /// <summary>Waits until an event with this data has come; gives the data of all that have.</summary>
    internal async Task<string[]> DataUntilAsync(string last)
    {
        await UntilAsync($"events.some((event) => event.data === {JsonSerializer.Serialize(last)})");
        return await DataAsync();
    }

    internal Task<string[]> DataAsync() => EvaluateAsync<string[]>("events.map((event) => event.data)");

    internal Task<string[]> StatesAsync() => EvaluateAsync<string[]>("states");

    internal Task<T> EvaluateAsync<T>(string member) => page.EvaluateAsync<T>($"{name}.{member}");

    internal Task CloseAsync() => page.EvaluateAsync($"{name}.source.close()");
}
