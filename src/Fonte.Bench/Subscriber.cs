using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Fonte.Bench;

/// <summary>One event stream, however it is carried, and the account of what came on it.</summary>
internal abstract class Subscriber(BenchRun run, int topic, int lanes) : IEventBlockSink, IDisposable
{
    protected const string EndedAtOnce = "The server ended the event stream at once, as a hub does that is full, not ready or stopping.";
    private readonly SequenceTracker? _tracker = lanes > 0 ? new SequenceTracker(lanes) : null;
    private long _lastOffset = -1;
    private long _seen;
    private long _received;

    public int Topic => topic;

    public SequenceTracker? Tracker => _tracker;

    /// <summary>Whether it reads nothing until it is told to; then its latencies mean nothing.</summary>
    public bool IsStalled { get; init; }

    /// <summary>Events that came at any time.</summary>
    public long Seen => Volatile.Read(ref _seen);

    /// <summary>Events of this run that came while it counted.</summary>
    public long Received => Volatile.Read(ref _received);

    public bool HasPosition { get; private set; }

    public bool ClosedEarly { get; private set; }

    public long Gaps { get; private set; }

    public long OffsetsRepeated { get; private set; }

    public long OffsetsBack { get; private set; }

    /// <summary>Whether the head of an event stream came.</summary>
    public bool HasAnswer { get; protected set; }

    public bool IsOpen { get; protected set; }

    /// <summary>The time of the bytes that are being looked at.</summary>
    protected long Now { get; set; }

    /// <summary>Takes events until the connection ends; never throws for what the server does.</summary>
    public async Task ListenAsync()
    {
        try
        {
            await ReceiveAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or SocketException or ObjectDisposedException or OperationCanceledException or BenchException)
        {
            // A broken connection and one that ends are the same to the account: closed early, unless the run is ending.
        }

        ClosedEarly = !run.IsEnding;
    }

    /// <summary>Ends the event stream from this side.</summary>
    public abstract void End();

    public abstract void Dispose();

    public void OnBlock(in EventBlock block)
    {
        if (!block.HasData)
        {
            HasPosition = true;
            return;
        }

        _seen++;
        if (block.IsGap)
        {
            Gaps++;
            return;
        }

        // What has no stamp is not of this run: somebody else's event, or what another protocol keeps a connection alive with.
        if (!run.IsCounting || (_tracker is not null && !block.HasStamp))
            return;
        var violations = _tracker is null ? 0 : _tracker.Twice + _tracker.OutOfOrder;
        if (_tracker is not null && !_tracker.Observe(block.Stamp.Lane, block.Stamp.Sequence))
            return;
        _received++;
        if (_tracker is not null && !IsStalled && block.Stamp.Timestamp >= run.CountsLatencyFrom)
            run.Latency.Record(Now - block.Stamp.Timestamp);
        var isInOrder = _tracker is null || violations == _tracker.Twice + _tracker.OutOfOrder;
        if (block.Offset < 0)
            return;
        if (isInOrder && block.Offset == _lastOffset)
            OffsetsRepeated++;
        else if (isInOrder && block.Offset < _lastOffset)
            OffsetsBack++;
        _lastOffset = Math.Max(_lastOffset, block.Offset);
    }

    /// <summary>Takes events until the stream ends; throws when it breaks.</summary>
    protected abstract Task ReceiveAsync();

    protected static BenchException Refusal(int status, ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 300)]).ReplaceLineEndings(" ").Trim();
        return new BenchException(string.Create(CultureInfo.InvariantCulture,
            $"The server answers {status} to a subscriber{(text.Length > 0 ? ": " + text : ".")}"));
    }

    protected static BenchException NotAnEventStream(string? type) =>
        new($"The server answers '{type ?? "no content type"}', not an event stream (text/event-stream).");
}
