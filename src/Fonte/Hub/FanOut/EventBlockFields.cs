using System.Buffers;

namespace Fonte;

/// <summary>The fields of a block that <see cref="EventStreamFormat.Encode"/> made: of nobody else's, so each has its one space and its one line end.</summary>
internal readonly ref struct EventBlockFields
{
    private EventBlockFields(ReadOnlySpan<byte> id, ReadOnlySpan<byte> type, ReadOnlySpan<byte> retry, ArrayBufferWriter<byte> data)
    {
        Id = id;
        Type = type;
        Retry = retry;
        Data = data;
    }

    internal ReadOnlySpan<byte> Id { get; }

    /// <summary>Empty if it has none.</summary>
    internal ReadOnlySpan<byte> Type { get; }

    /// <summary>Digits; empty if it has none.</summary>
    internal ReadOnlySpan<byte> Retry { get; }

    /// <summary>Its lines, joined by line feeds.</summary>
    internal ArrayBufferWriter<byte> Data { get; }

    internal static EventBlockFields Read(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> id = [], type = [], retry = [];
        var data = new ArrayBufferWriter<byte>(Math.Max(1, block.Length));
        var isFirst = true;
        while (block.IndexOf((byte)'\n') is var end and > 0)
        {
            var line = block[..end];
            block = block[(end + 1)..];
            if (line.StartsWith("data: "u8))
            {
                if (!isFirst) data.Write("\n"u8);
                isFirst = false;
                data.Write(line["data: ".Length..]);
            }
            else if (line.StartsWith("id: "u8)) id = line["id: ".Length..];
            else if (line.StartsWith("event: "u8)) type = line["event: ".Length..];
            else if (line.StartsWith("retry: "u8)) retry = line["retry: ".Length..];
        }
        return new(id, type, retry, data);
    }
}
