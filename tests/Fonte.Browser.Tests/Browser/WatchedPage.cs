using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;

namespace Fonte.Browser.Tests.Browser;

/// <summary>A page that remembers everything that went wrong on it and every host that it spoke to.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _errors = [];
    private readonly ConcurrentQueue<string> _foreignRequests = [];

    public WatchedPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _errors.Enqueue($"{message.Text} {message.Location}");
        };
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { IsFile: false, IsLoopback: false }) _foreignRequests.Enqueue(request.Url);
        };
    }

    public IPage Page { get; }

    public void AssertClean()
    {
        Assert.Empty(_errors);
        Assert.Empty(_foreignRequests);
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
