using Microsoft.Playwright;

namespace Fonte.Browser.Tests.CrossOrigin;

/// <summary>A page's own <c>EventSource</c>: what it received, and how often it was interrupted.</summary>
internal sealed class PageSubscription(IPage page, string name)
{
    private const int Soon = 30_000;

    /// <summary>Opens an <c>EventSource</c> and waits until it is open or has given up.</summary>
    internal static async Task<PageSubscription> OpenAsync(IPage page, Uri hub, string topic, bool withCredentials)
    {
        var subscription = new PageSubscription(page, "s" + Guid.NewGuid().ToString("N"));
        await page.EvaluateAsync(
            """
            ({ name, url, withCredentials }) => new Promise((settled) => {
              const source = new EventSource(url, { withCredentials });
              const subscription = window[name] = { source, received: [], interruptions: 0 };
              source.onmessage = (event) => subscription.received.push(event.data);
              source.onopen = settled;
              source.onerror = () => {
                subscription.interruptions++;
                if (source.readyState === EventSource.CLOSED) settled();
              };
            })
            """,
            new { name = subscription.Name, url = $"{hub.AbsoluteUri}?match={Uri.EscapeDataString(topic)}", withCredentials });
        return subscription;
    }

    private string Name => name;

    internal Task<bool> IsClosedAsync() => page.EvaluateAsync<bool>($"{name}.source.readyState === EventSource.CLOSED");

    internal Task InterruptedAsync() => page.WaitForFunctionAsync($"{name}.interruptions > 0", null, new() { Timeout = Soon });

    /// <summary>Waits until this many events have come; gives their data.</summary>
    internal async Task<string[]> ReceivedAsync(int count)
    {
        await page.WaitForFunctionAsync($"{name}.received.length >= {count}", null, new() { Timeout = Soon });
        return await page.EvaluateAsync<string[]>($"{name}.received");
    }
}
