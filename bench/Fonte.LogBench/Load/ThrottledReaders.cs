using System.Diagnostics;
using System.Net;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>Subscribers that replay the log from its beginning, none faster than it should.</summary>
internal sealed class ThrottledReaders(IPEndPoint endPoint, int readers, int bytesPerSecond) : IEventBlockSink
{
    private const int ReceiveBuffer = 64 * 1024;
    private const int FullSpeedPerTick = 1024 * 1024;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>After how long a reader begins anew.</summary>
    public TimeSpan BeginAnew { get; init; } = TimeSpan.MaxValue;

    public long Bytes { get; private set; }

    public long Events { get; private set; }

    public int Gaps { get; private set; }

    /// <summary>Reads until cancelled.</summary>
    /// <exception cref="LogBenchException">A stream ended or was refused.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Off the caller's flow: the work between two ticks never waits.
        await Task.Yield();
        var streams = new EventStream?[readers];
        var read = new long[readers];
        var since = new long[readers];
        try
        {
            using var timer = new PeriodicTimer(Tick);
            do
            {
                for (var index = 0; index < readers; index++)
                {
                    if (streams[index] is null || Stopwatch.GetElapsedTime(since[index]) > BeginAnew)
                    {
                        streams[index]?.Dispose();
                        streams[index] = new EventStream(endPoint, "match=*&last_event_id=earliest", this, ReceiveBuffer) { Blocking = false };
                        (read[index], since[index]) = (0, Stopwatch.GetTimestamp());
                    }

                    var allowed = bytesPerSecond == 0
                        ? read[index] + FullSpeedPerTick
                        : (long)(Stopwatch.GetElapsedTime(since[index]).TotalSeconds * bytesPerSecond);
                    Read(streams[index]!, ref read[index], allowed);
                }
            }
            while (await WaitAsync(timer, cancellationToken));
        }
        finally
        {
            foreach (var stream in streams) stream?.Dispose();
        }
    }

    void IEventBlockSink.OnBlock(in EventBlock block)
    {
        if (block.IsGap) Gaps++;
        else if (block.HasData) Events++;
    }

    private void Read(EventStream stream, ref long read, long allowed)
    {
        while (read < allowed)
        {
            var received = stream.Read(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, allowed - read)));
            if (received == 0) return;
            read += received;
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
}
