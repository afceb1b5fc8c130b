using System.Globalization;

namespace Fonte;

/// <summary>An event as it goes over the wire: encoded when the first pump needs it, and shared by all who receive it.</summary>
/// <remarks>Thread-safe. While nobody listens nothing is encoded: that was 8 % of the processor time of publishing from code.</remarks>
internal sealed class EventFrame : IOffsetItem
{
    private readonly EventIds? _ids;
    private volatile LoggedEvent? _logged;
    private volatile byte[]? _chunk;

    internal EventFrame(LoggedEvent logged, EventIds ids)
    {
        (_logged, _ids) = (logged, ids);
        (Offset, TimeMicroseconds, Topics, Private) = (logged.Offset, logged.TimeMicroseconds, logged.Topics, logged.Private);
        // Each line of the data begins with its field's name.
        Size = logged.Size + ("data: ".Length * (logged.Data.Span.Count((byte)'\n') + logged.Data.Span.Count((byte)'\r')));
    }

    private EventFrame(EventFrame source, byte[] chunk)
    {
        (Offset, TimeMicroseconds, Topics, Private) = (source.Offset, source.TimeMicroseconds, source.Topics, source.Private);
        (_chunk, Size) = (chunk, chunk.Length);
    }

    public long Offset { get; }

    internal long TimeMicroseconds { get; }

    internal IReadOnlyList<string> Topics { get; }

    internal bool Private { get; }

    /// <summary>The block of the event stream.</summary>
    internal ReadOnlySpan<byte> Bytes => Memory.Span;

    /// <summary>The same, to be kept.</summary>
    internal ReadOnlyMemory<byte> Memory
    {
        get
        {
            var chunk = Chunk;
            return chunk.AsMemory((chunk.AsSpan().IndexOf((byte)'\n') + 1)..^LineEnd.Length);
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

    public int Size { get; }

    /// <summary>The same event in another form. Made anew each time: kept beside the other it would not be bounded by what the window counts.</summary>
    internal EventFrame In(StreamForm form) => new(this, ToChunk(form switch
    {
        StreamForm.Objects => EventObjectFormat.Encode(Bytes, TopicsToTell),
        StreamForm.Summaries => EventSummaryFormat.Encode(this, _ids!.At(Offset)),
        _ => EventStreamFormat.Envelope(Bytes, TopicsToTell),
    }));

    // Of a private event the others tell who else may read it.
    private IReadOnlyList<string> TopicsToTell => Private ? [Topics[0]] : Topics;

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
        var chunk = ToChunk(EventStreamFormat.Encode(logged, _ids!));
        _chunk = chunk;
        _logged = null;
        return chunk;
    }
}
