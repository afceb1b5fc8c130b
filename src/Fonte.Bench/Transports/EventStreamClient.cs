namespace Fonte.Bench;

/// <summary>An event stream, whose heartbeats are counted as what they are: bytes.</summary>
internal sealed class EventStreamClient(BenchRun run, BenchTarget target, string topic) : TransportClient(run, target, topic)
{
    private readonly ResponseDecoder _decoder = new();
    private readonly PieceBuffer _blocks = new();

    protected override async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        await SendAsync(Target.Get($"{BenchTarget.HubPath}?match={Topic}", "text/event-stream"), cancellationToken);
        while (true) Decode((await ReadAsync(cancellationToken)).Span);
    }

    private void Decode(ReadOnlySpan<byte> input)
    {
        while (_decoder.TryRead(ref input, out var piece)) _blocks.Add(piece);
        if (_decoder.Head is { } head) RequireStatus(head, 200, BenchTarget.HubPath);
        IsOpen |= _blocks.Bytes.IndexOf("id: "u8) >= 0;
        // Whole blocks only.
        var end = _blocks.Bytes.LastIndexOf("\n\n"u8);
        if (end < 0) return;
        Take(_blocks.Bytes[..end], "data: "u8);
        _blocks.Remove(end + 2);
    }
}
