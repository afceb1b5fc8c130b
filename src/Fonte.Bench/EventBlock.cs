using System.Buffers.Text;

namespace Fonte.Bench;

/// <summary>What the load tool keeps of one block of an event stream.</summary>
internal struct EventBlock
{
    public static readonly EventBlock Empty = new() { Offset = -1 };

    /// <summary>Whether there is data; without it, the block only moves the cursor.</summary>
    public bool HasData;

    public bool HasId;

    /// <summary>Whether the hub tells that something was skipped.</summary>
    public bool IsGap;

    /// <summary>The offset in the event ID, or -1 where the ID is no position.</summary>
    public long Offset;

    public bool HasStamp;

    public Stamp Stamp;

    /// <summary>The offset of <c>urn:fonte:&lt;epoch&gt;:&lt;offset&gt;</c>, or -1.</summary>
    public static long OffsetOf(ReadOnlySpan<byte> id)
    {
        if (!id.StartsWith("urn:fonte:"u8))
            return -1;
        var digits = id[(id.LastIndexOf((byte)':') + 1)..];
        return Utf8Parser.TryParse(digits, out long offset, out var used) && used == digits.Length && offset >= 0 ? offset : -1;
    }
}

/// <summary>Takes the blocks of an event stream as they complete.</summary>
internal interface IEventBlockSink
{
    void OnBlock(in EventBlock block);
}
