using System.Text;

namespace Fonte.Client;

/// <summary>Lets a parser see only whole blocks of an event stream, so that its last event ID never runs ahead of its events.</summary>
/// <remarks>
/// <see cref="System.Net.ServerSentEvents.SseParser{T}.LastEventId"/> moves at the <c>id:</c> line. When the connection is cut
/// between that line and the blank line, the event is not dispatched but would count as seen, and a resume would skip it.
/// <code>
///            taken      complete         length
///              ▼            ▼               ▼
/// | given out  | whole blocks | open block  |     an open block is never given out; at the end it is dropped,
///                                                 as WHATWG HTML 9.2.6 has it, except for its retry: lines
/// </code>
/// On the way every line end becomes LF (the parser holds back a block that ends in CR until one more byte comes), comments are
/// dropped (a stream of nothing but comments costs no memory), and <c>event:</c> lines of a block without data are made comments
/// (the parser would give that type to the next event; the standard forgets it). Where positions are wanted, a block with an ID and no data gets some.
/// </remarks>
internal sealed class CompleteBlockStream(Stream source, int maximumBlockLength, bool includePositions = false) : ReadOnlyStream
{
    private const int KeptCapacity = 64 * 1024;

    // A block that only tells an ID becomes an event for the parser, of a type that no hub can send.
    private static ReadOnlySpan<byte> PositionLines => "event:\u0001\ndata:\n"u8;

    private readonly byte[] _input = new byte[16 * 1024];
    private byte[] _buffer = new byte[4 * 1024];
    private int _taken;
    private int _complete;
    private int _lineStart;
    private int _length;
    private bool _afterCarriageReturn;
    private bool _inComment;
    private bool _firstLine = true;
    private bool _hasType;
    private bool _hasData;
    private bool _hasId;
    private bool _tooLong;
    private bool _ended;

    /// <summary>Gets whether a whole block had an <c>id:</c> field, be it an empty one, which forgets the ID.</summary>
    public bool HasToldId { get; private set; }

    /// <exception cref="FonteClientException">A block is longer than the limit; the blocks before it have been given.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_taken == _complete)
        {
            if (_tooLong)
                throw new FonteClientException($"The hub sent an event longer than the limit of {maximumBlockLength} bytes.");
            if (_ended)
                return 0;
            DiscardTaken();
            var count = await source.ReadAsync(_input, cancellationToken).ConfigureAwait(false);
            if (count == 0)
                End();
            else
                Accept(_input.AsSpan(0, count));
        }

        var given = Math.Min(buffer.Length, _complete - _taken);
        _buffer.AsSpan(_taken, given).CopyTo(buffer.Span);
        _taken += given;
        return given;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }

    private void Accept(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_tooLong)
        {
            if (_afterCarriageReturn)
            {
                _afterCarriageReturn = false;
                if (bytes[0] == '\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            Append(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
                return;
            _afterCarriageReturn = bytes[end] == '\r';
            bytes = bytes[(end + 1)..];
            EndLine();
        }
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        if (_length == _lineStart && !text.IsEmpty && text[0] == ':')
            _inComment = true;
        if (_inComment)
            return;
        if (_length - _complete + text.Length > maximumBlockLength)
        {
            _tooLong = true;
            return;
        }

        // One byte more, even for an empty text: EndLine comes next and writes a line end.
        if (_buffer.Length - _length <= text.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + text.Length + 1));
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    private void EndLine()
    {
        if (_firstLine)
            DropByteOrderMark();
        if (_inComment)
        {
            _inComment = false;
            return;
        }

        if (_tooLong)
            return;
        if (_length == _lineStart)
        {
            EndBlock();
            return;
        }

        var line = _buffer.AsSpan(_lineStart, _length - _lineStart);
        var field = FieldName(line);
        _hasData |= field.SequenceEqual("data"u8);
        _hasType |= field.SequenceEqual("event"u8);
        _hasId |= field.SequenceEqual("id"u8) && !line.Contains((byte)0);
        _buffer[_length++] = (byte)'\n';
        _lineStart = _length;
    }

    private void EndBlock()
    {
        if (_length > _complete)
        {
            if (_hasType && !_hasData)
                ForgetType();
            if (includePositions && _hasId && !_hasData)
                AppendLines(PositionLines);
            _buffer[_length++] = (byte)'\n';
            _complete = _lineStart = _length;
        }

        HasToldId |= _hasId;
        _hasData = _hasType = _hasId = false;
    }

    private void DropByteOrderMark()
    {
        _firstLine = false;
        var line = _buffer.AsSpan(0, _length);
        if (!line.StartsWith(Encoding.UTF8.Preamble))
            return;
        line[Encoding.UTF8.Preamble.Length..].CopyTo(line);
        _length -= Encoding.UTF8.Preamble.Length;
    }

    private void AppendLines(ReadOnlySpan<byte> text)
    {
        if (_buffer.Length - _length <= text.Length)
            Array.Resize(ref _buffer, _buffer.Length + text.Length + 1);
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    private void ForgetType()
    {
        for (var start = _complete; start < _length;)
        {
            var line = _buffer.AsSpan(start, _length - start);
            line = line[..line.IndexOf((byte)'\n')];
            if (FieldName(line).SequenceEqual("event"u8))
                line[0] = (byte)':';
            start += line.Length + 1;
        }
    }

    private void End()
    {
        _ended = true;
        var kept = _complete;
        for (var start = _complete; start < _lineStart;)
        {
            var length = _buffer.AsSpan(start).IndexOf((byte)'\n') + 1;
            var line = _buffer.AsSpan(start, length);
            if (FieldName(line[..^1]).SequenceEqual("retry"u8))
            {
                line.CopyTo(_buffer.AsSpan(kept));
                kept += length;
            }

            start += length;
        }

        _complete = _lineStart = _length = kept;
    }

    private void DiscardTaken()
    {
        var open = _buffer.AsSpan(_complete, _length - _complete);
        if (open.IsEmpty && _buffer.Length > KeptCapacity)
            _buffer = new byte[4 * 1024];
        else
            open.CopyTo(_buffer);
        _lineStart -= _complete;
        _length -= _complete;
        _taken = _complete = 0;
    }

    private static ReadOnlySpan<byte> FieldName(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        return colon < 0 ? line : line[..colon];
    }
}
