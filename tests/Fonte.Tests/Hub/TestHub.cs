using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.Tests.Hub;

/// <summary>A hub over a log, with subscribers that read from pipes as small as a test wants.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private readonly IEventLog _log;
    private readonly MeterFactory _meters = new();

    internal TestHub(IEventLog? log = null, FonteOptions? options = null)
    {
        _log = log ?? new MemoryEventLog(1 << 26, Time);
        Hub = new EventHub(_log, options ?? new(), new(Time, new(_meters), NullLogger.Instance, new Random(1)));
    }

    internal FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch);

    internal EventHub Hub { get; }

    internal IEventLog Log => _log;

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal async Task<string> PublishAsync(string topic, string data, string? id = null, bool isPrivate = false)
    {
        var result = await Hub.PublishAsync(new EventDraft { Topics = [topic], Data = System.Text.Encoding.UTF8.GetBytes(data), Id = id, Private = isPrivate }, Stop);
        Assert.Equal(PublishOutcome.Published, result.Outcome);
        return result.Id!;
    }

    internal TestStream Subscribe(string topic, string? lastEventId = null, int pauseBytes = 1 << 16, bool tellGaps = true, string? grant = null, DateTimeOffset? since = null) =>
        Subscribe([topic], lastEventId, pauseBytes, tellGaps, grant, since);

    internal TestStream Subscribe(string[] topics, string? lastEventId = null, int pauseBytes = 1 << 16, bool tellGaps = true, string? grant = null, DateTimeOffset? since = null)
    {
        var request = new SubscribeRequest
        {
            Matchers = [.. topics.Select(TopicMatcher.Exact)],
            Grants = grant is null ? [] : [TopicMatcher.Exact(grant)],
            TellGaps = tellGaps,
            LastEventId = lastEventId,
            Since = since,
        };
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: pauseBytes, resumeWriterThreshold: pauseBytes / 2));
        var start = Hub.Resume(request)!;
        var handle = Hub.Subscribe(request, start, new PipeOutput(pipe.Writer));
        return new TestStream(pipe, start, handle);
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await _log.DisposeAsync();
        _meters.Dispose();
    }

    private sealed class MeterFactory : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
