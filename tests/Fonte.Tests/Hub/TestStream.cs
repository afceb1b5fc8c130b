using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using Xunit;

namespace Fonte.Tests.Hub;

/// <summary>The subscriber's end of an event stream.</summary>
internal sealed class TestStream : IAsyncDisposable
{
    // Only so that a lost event is a failure and not a test that never ends.
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(30);
    private readonly Pipe _pipe;
    private readonly CancellationTokenSource _gone = new();
    private readonly SseParser<string> _parser;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    internal TestStream(Pipe pipe, ResumePoint start, SubscriberHandle? handle)
    {
        (_pipe, Start) = (pipe, start);
        Ended = handle is null ? null : EndAsync(handle);
        _parser = SseParser.Create(pipe.Reader.AsStream());
        _events = _parser.EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    internal ResumePoint Start { get; }

    /// <summary>The end of the stream as the endpoint sees it; null when the hub did not take the subscriber.</summary>
    internal Task<StreamEnd>? Ended { get; }

    internal string LastEventId => _parser.LastEventId;

    internal async Task<SseItem<string>> NextAsync()
    {
        Assert.True(await _events.MoveNextAsync().AsTask().WaitAsync(TooLong), "The stream ended.");
        return _events.Current;
    }

    internal async Task<string> NextDataAsync() => (await NextAsync()).Data;

    /// <summary>The bytes that are there now, or the next ones; for tests of what is no event.</summary>
    internal async Task<string> ReadTextAsync(int length)
    {
        var read = await _pipe.Reader.ReadAtLeastAsync(length, TestContext.Current.CancellationToken).AsTask().WaitAsync(TooLong);
        var text = System.Text.Encoding.UTF8.GetString(System.Buffers.BuffersExtensions.ToArray(read.Buffer));
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    /// <summary>Waits until the hub has written something that is not read yet.</summary>
    internal async Task WaitUntilWrittenAsync()
    {
        var read = await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        _pipe.Reader.AdvanceTo(read.Buffer.Start);
    }

    internal Task LeaveAsync() => _gone.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        if (Ended is not null) await Ended;
        _gone.Dispose();
    }

    // As Kestrel does after the endpoint has returned.
    private async Task<StreamEnd> EndAsync(SubscriberHandle handle)
    {
        var end = await handle.EndAsync(_gone.Token);
        await _pipe.Writer.CompleteAsync();
        // Where it is depends on how far its pump has come.
        return end with { Next = 0 };
    }
}
