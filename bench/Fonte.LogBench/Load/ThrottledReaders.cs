using System.Diagnostics;
using System.Net;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>Subscribers that replay the log, none faster than it should.</summary>
/// <param name="endPoint">The server.</param>
/// <param name="cursors">Where each begins: an event ID, or <c>earliest</c>.</param>
/// <param name="bytesPerSecond">How fast each reads; 0 for as fast as it comes.</param>
internal sealed class ThrottledReaders(IPEndPoint endPoint, IReadOnlyList<string> cursors, int bytesPerSecond) : IEventBlockSink
{
    private const int ReceiveBuffer = 64 * 1024;
    private const int FullSpeedPerTick = 1024 * 1024;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>After how long a reader begins anew; the readers do so one after the other.</summary>
    public TimeSpan? BeginAnew { get; init; }

    public long Bytes { get; private set; }

    public long Events { get; private set; }

    public int Gaps { get; private set; }

    /// <summary>Reads until cancelled.</summary>
    /// <exception cref="LogBenchException">A stream ended or was refused.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Off the caller's flow, because the work between two ticks does not wait.
        await Task.Yield();
        var readers = new Reader[cursors.Count];
        try
        {
            for (var index = 0; index < readers.Length; index++)
                readers[index] = Begin(index, (index + 1.0) / readers.Length);
            using var timer = new PeriodicTimer(Tick);
            do
            {
                for (var index = 0; index < readers.Length; index++)
                {
                    if (Stopwatch.GetTimestamp() > readers[index].End)
                    {
                        readers[index].Stream.Dispose();
                        readers[index] = Begin(index, 1);
                    }

                    Read(readers[index]);
                }
            }
            while (await WaitAsync(timer, cancellationToken));
        }
        finally
        {
            foreach (var reader in readers) reader?.Stream.Dispose();
        }
    }

    void IEventBlockSink.OnBlock(in EventBlock block)
    {
        if (block.IsGap) Gaps++;
        else if (block.HasData) Events++;
    }

    private Reader Begin(int index, double share)
    {
        var now = Stopwatch.GetTimestamp();
        var query = $"match=*&last_event_id={cursors[index]}";
        return new Reader(
            new EventStream(endPoint, query, this, ReceiveBuffer) { Blocking = false },
            now,
            BeginAnew is { } time ? now + (long)(time.TotalSeconds * share * Stopwatch.Frequency) : long.MaxValue);
    }

    private void Read(Reader reader)
    {
        var allowed = bytesPerSecond == 0
            ? reader.Bytes + FullSpeedPerTick
            : (long)(Stopwatch.GetElapsedTime(reader.Begun).TotalSeconds * bytesPerSecond);
        while (reader.Bytes < allowed)
        {
            var received = reader.Stream.Read(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, allowed - reader.Bytes)));
            if (received == 0) return;
            reader.Bytes += received;
            Bytes += received;
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private sealed class Reader(EventStream stream, long begun, long end)
    {
        public EventStream Stream { get; } = stream;

        public long Begun { get; } = begun;

        public long End { get; } = end;

        public long Bytes { get; set; }
    }
}
