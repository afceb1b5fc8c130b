namespace Fonte.Samples.Transports;

/// <summary>What one way to be told has cost one page so far: bytes of HTTP and of WebSocket frames, without what TCP, IP and the sizes of chunks add. Thread-safe.</summary>
internal sealed class TransportCost
{
    private long _requests;
    private long _up;
    private long _down;

    public long Requests => Interlocked.Read(ref _requests);

    public long Up => Interlocked.Read(ref _up);

    public long Down => Interlocked.Read(ref _down);

    public void AddRequest() => Interlocked.Increment(ref _requests);

    public void AddUp(long bytes) => Interlocked.Add(ref _up, bytes);

    public void AddDown(long bytes) => Interlocked.Add(ref _down, bytes);
}
