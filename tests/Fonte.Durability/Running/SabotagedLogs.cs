using System.Threading.Channels;

namespace Fonte.Durability;

/// <summary>Acknowledges before the commit: guesses the offset that it will give, answers with it, and commits a little later.</summary>
internal sealed class EarlyLog(IEventLog log) : SabotagedLog(log)
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(20);
    private readonly Lock _lock = new();
    private readonly Channel<PublishRequest> _later = Channel.CreateUnbounded<PublishRequest>();
    private long _next = log.NextOffset;
    private Task? _committing;

    public override ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            _committing ??= Task.Run(CommitAsync, CancellationToken.None);
            _later.Writer.TryWrite(request);
            return new(new AppendResult(AppendOutcome.Appended, _next++));
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _later.Writer.TryComplete();
        if (_committing is not null) await _committing;
        await base.DisposeAsync();
    }

    private async Task CommitAsync()
    {
        while (await _later.Reader.WaitToReadAsync())
        {
            await Task.Delay(Late);
            var appends = new List<Task>();
            while (_later.Reader.TryRead(out var request)) appends.Add(Log.AppendAsync(request).AsTask());
            await Task.WhenAll(appends);
        }
    }
}

/// <summary>Starts a replay one event late, and says nothing of it.</summary>
internal sealed class LateLog(IEventLog log) : SabotagedLog(log)
{
    private readonly Lock _lock = new();
    // Where a read ended another goes on; every other one begins a replay.
    private readonly HashSet<long> _ends = [log.NextOffset];

    public override LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes)
    {
        lock (_lock)
        {
            var isReplay = !_ends.Contains(from) && from + 1 < NextOffset;
            var slice = base.Read(topics, isReplay ? from + 1 : from, maxEvents, maxBytes) with { From = from };
            _ends.Add(slice.Next);
            return slice;
        }
    }
}
