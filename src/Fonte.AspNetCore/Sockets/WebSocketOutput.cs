namespace Fonte.AspNetCore;

/// <summary>Sends each event as a message of a WebSocket (RFC 6455), and a large one in fragments, so that who reads it slowly is seen to read.</summary>
internal sealed class WebSocketOutput(SocketSender sender) : StreamOutput
{
    private readonly List<(ReadOnlyMemory<byte> Bytes, bool IsLast)> _parts = [];
    private bool _isInMessage;

    internal override int Write(EventFrame frame, int from, PumpScratch scratch)
    {
        if (Unflushed >= ChunkBytes) return 0;
        var whole = frame.Memory;
        var rest = whole[from..];
        var part = rest[..Math.Min(rest.Length, ChunkBytes - Unflushed)];
        // The whole of a large event would be held by each who reads it slowly: 1.35 MB of JSON for one of 680 kB, measured.
        Add(part.Length < whole.Length ? part.ToArray() : part, isLast: part.Length == rest.Length);
        return part.Length;
    }

    internal override void Write(SharedBlock block, long next, PumpScratch scratch) => Add(block.Memory, isLast: true);

    internal override ValueTask<bool> FlushAsync(PumpScratch scratch)
    {
        Unflushed = 0;
        return new(SendAsync());
    }

    internal override void CancelFlush() => sender.Cut();

    private void Add(ReadOnlyMemory<byte> bytes, bool isLast)
    {
        _parts.Add((bytes, isLast));
        Unflushed += bytes.Length;
    }

    private async Task<bool> SendAsync()
    {
        try
        {
            foreach (var (bytes, isLast) in _parts)
            {
                if (!_isInMessage) await sender.BeginAsync(CancellationToken.None).ConfigureAwait(false);
                _isInMessage = true;
                await sender.SendPartAsync(bytes, isLast, CancellationToken.None).ConfigureAwait(false);
                if (isLast) EndMessage();
            }
            _parts.Clear();
            return false;
        }
        catch
        {
            // Nobody can go on behind half a message.
            sender.Cut();
            if (_isInMessage) EndMessage();
            throw;
        }
    }

    private void EndMessage()
    {
        _isInMessage = false;
        sender.End();
    }
}
