using System.Net.ServerSentEvents;
using Xunit;

namespace Fonte.Conformance.Hubs;

/// <summary>The answer to a subscription.</summary>
internal sealed class StreamUnderTest(HttpResponseMessage response) : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private IAsyncEnumerator<SseItem<string>>? _events;

    internal HttpResponseMessage Response => response;

    internal int Status => (int)response.StatusCode;

    internal string? LastEventId => response.Headers.TryGetValues("Mercure-Last-Event-ID", out var values) ? values.Single() : null;

    internal async Task<SseItem<string>> NextAsync()
    {
        Assert.Equal(200, Status);
        _events ??= SseParser.Create(await response.Content.ReadAsStreamAsync(HubUnderTest.Stop)).EnumerateAsync(HubUnderTest.Stop).GetAsyncEnumerator(HubUnderTest.Stop);
        // Events of types that begin with "fonte-" tell of the stream itself.
        do Assert.True(await _events.MoveNextAsync().AsTask().WaitAsync(LongestWait, HubUnderTest.Stop), "The stream ended.");
        while (_events.Current.EventType.StartsWith("fonte-", StringComparison.Ordinal));
        return _events.Current;
    }

    internal async Task<string> NextDataAsync() => (await NextAsync()).Data;

    internal Task<string> TextAsync() => response.Content.ReadAsStringAsync(HubUnderTest.Stop);

    public ValueTask DisposeAsync()
    {
        response.Dispose();
        return ValueTask.CompletedTask;
    }
}
