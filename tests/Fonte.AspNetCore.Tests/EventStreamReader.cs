using System.Net.ServerSentEvents;
using System.Text;
using Xunit;

namespace Fonte.AspNetCore.Tests;

/// <summary>The client's end of an event stream: as text, or as events.</summary>
internal sealed class EventStreamReader(HttpResponseMessage response, Stream body) : IAsyncDisposable
{
    private IAsyncEnumerator<SseItem<string>>? _events;

    internal HttpResponseMessage Response { get; } = response;

    internal string? Preceding => Response.Headers.TryGetValues("Mercure-Last-Event-ID", out var values) ? values.Single() : null;

    internal async Task<SseItem<string>> NextAsync()
    {
        _events ??= SseParser.Create(body).EnumerateAsync(HubApplication.Stop).GetAsyncEnumerator(HubApplication.Stop);
        Assert.True(await _events.MoveNextAsync(), "The stream ended.");
        return _events.Current;
    }

    internal async Task<string> NextDataAsync() => (await NextAsync()).Data;

    /// <summary>Reads until the text ends with this.</summary>
    internal async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            if (await body.ReadAsync(buffer, HubApplication.Stop) == 0) return text + "<end>";
            text.Append((char)buffer[0]);
        }
        return text.ToString();
    }

    /// <summary>Reads to the end, which must be a clean one.</summary>
    internal async Task<string> ReadToEndAsync()
    {
        using var reader = new StreamReader(body);
        return await reader.ReadToEndAsync(HubApplication.Stop);
    }

    public ValueTask DisposeAsync()
    {
        Response.Dispose();
        return ValueTask.CompletedTask;
    }
}
