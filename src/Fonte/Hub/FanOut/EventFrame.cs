using System.Globalization;

namespace Fonte;

/// <summary>An event as it goes over the wire: encoded when the first pump needs it, and shared by all who receive it.</summary>
/// <remarks>Thread-safe. While nobody listens nothing is encoded: that was 8 % of the processor time of publishing from code.</remarks>
internal sealed class EventFrame(LoggedEvent logged, LogIdentity identity) : IOffsetItem
{
    private volatile LoggedEvent? _logged = logged;
    private volatile byte[]? _chunk;

    public long Offset { get; } = logged.Offset;

    internal long TimeMicroseconds { get; } = logged.TimeMicroseconds;

    internal IReadOnlyList<string> Topics { get; } = logged.Topics;

    internal bool Private { get; } = logged.Private;

    /// <summary>The block of the event stream.</summary>
    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            var chunk = Chunk;
            return chunk.AsSpan((chunk.AsSpan().IndexOf((byte)'\n') + 1)..^LineEnd.Length);
        }
    }

    /// <summary>The same as a chunk of HTTP/1.1 (RFC 9112, section 7.1).</summary>
    internal byte[] Chunk
    {
        get
        {
            // In this order: the event is let go only after its bytes are there.
            var source = _logged;
            return _chunk ?? Encode(source!);
        }
    }

    internal static byte[] ToChunk(ReadOnlySpan<byte> block)
    {
        Span<byte> size = stackalloc byte[sizeof(int) * 2];
        block.Length.TryFormat(size, out var digits, "x", CultureInfo.InvariantCulture);
        var chunk = new byte[digits + LineEnd.Length + block.Length + LineEnd.Length];
        size[..digits].CopyTo(chunk);
        LineEnd.CopyTo(chunk.AsSpan(digits));
        block.CopyTo(chunk.AsSpan(digits + LineEnd.Length));
        LineEnd.CopyTo(chunk.AsSpan(chunk.Length - LineEnd.Length));
        return chunk;
    }

    internal static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    // Each line of the data begins with its field's name.
    public int Size { get; } = logged.Size + ("data: ".Length * (logged.Data.Span.Count((byte)'\n') + logged.Data.Span.Count((byte)'\r')));

    private byte[] Encode(LoggedEvent logged)
    {
        // All pumps want an event that many listen to at the same moment. An object of its own to lock would be 40 bytes an event.
        lock (this)
        {
            return _chunk ?? Make(logged);
        }
    }

    private byte[] Make(LoggedEvent logged)
    {
        var chunk = ToChunk(EventStreamFormat.Encode(logged, identity));
        _chunk = chunk;
        _logged = null;
        return chunk;
    }
}
