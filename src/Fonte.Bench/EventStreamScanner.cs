namespace Fonte.Bench;

/// <summary>Finds the blocks of an event stream in pieces of any size, keeping no more of a line than it has to look at.</summary>
/// <remarks>WHATWG HTML, 9.2.6 "Interpreting an event stream": lines end with LF, CR or CRLF; a block ends with an empty line.</remarks>
internal sealed class EventStreamScanner(IEventBlockSink sink)
{
    /// <summary>The longest beginning of a line that any decision needs: an ID that is a position, or data up to its stamp.</summary>
    private const int Prefix = 96;

    // Only a line cut by the border of two pieces is copied: most connections never need the array.
    private byte[]? _carry;
    private int _carried;
    private bool _skipLineFeed;
    private bool _pastFirstLine;
    private EventBlock _block = EventBlock.Empty;

    public void Scan(ReadOnlySpan<byte> bytes)
    {
        if (_skipLineFeed && !bytes.IsEmpty)
        {
            _skipLineFeed = false;
            if (bytes[0] == '\n')
                bytes = bytes[1..];
        }

        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                Carry(bytes);
                return;
            }

            if (_carried == 0)
            {
                ReadLine(bytes[..end]);
            }
            else
            {
                Carry(bytes[..end]);
                ReadLine(_carry.AsSpan(0, _carried));
                _carried = 0;
            }

            var next = end + 1;
            if (bytes[end] == '\r')
            {
                if (next == bytes.Length)
                    _skipLineFeed = true;
                else if (bytes[next] == '\n')
                    next++;
            }

            bytes = bytes[next..];
        }
    }

    private void Carry(ReadOnlySpan<byte> bytes)
    {
        _carry ??= new byte[Prefix];
        var taken = Math.Min(bytes.Length, Prefix - _carried);
        bytes[..taken].CopyTo(_carry.AsSpan(_carried));
        _carried += taken;
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (!_pastFirstLine)
        {
            _pastFirstLine = true;
            if (line.StartsWith("\uFEFF"u8))
                line = line[3..];
        }

        if (line.IsEmpty)
        {
            if (_block.HasData || _block.HasId)
                sink.OnBlock(in _block);
            _block = EventBlock.Empty;
            return;
        }

        switch (line[0])
        {
            case (byte)'d' when IsField(line, "data"u8, out var value):
                if (!_block.HasData)
                    _block.HasStamp = Stamp.TryFind(value[..Math.Min(value.Length, Prefix)], out _block.Stamp);
                _block.HasData = true;
                break;
            case (byte)'i' when IsField(line, "id"u8, out var value):
                _block.HasId = true;
                _block.Offset = EventBlock.OffsetOf(value);
                break;
            case (byte)'e' when IsField(line, "event"u8, out var value):
                _block.IsGap = value.SequenceEqual("fonte-gap"u8);
                break;
        }
    }

    private static bool IsField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!line.StartsWith(name))
            return false;
        if (line.Length == name.Length)
            return true;
        if (line[name.Length] != ':')
            return false;
        value = line[(name.Length + 1)..];
        if (!value.IsEmpty && value[0] == ' ')
            value = value[1..];
        return true;
    }
}
