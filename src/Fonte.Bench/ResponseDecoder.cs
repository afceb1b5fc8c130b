namespace Fonte.Bench;

/// <summary>Takes an HTTP/1.1 response apart as its bytes come in, whatever the borders of the pieces.</summary>
/// <remarks>
/// <code>
/// Head ─┬─ chunked ──▶ ChunkSize ─▶ ChunkData ─▶ ChunkEnd ─┐
///       │                  ▲───────────────────────────────┘   size 0 ─▶ Trailer ─▶ Complete
///       ├─ Content-Length ─▶ Counted ─▶ Complete
///       └─ neither ───────▶ UntilClose
/// </code>
/// </remarks>
internal sealed class ResponseDecoder
{
    private const int MaximumHead = 16 * 1024;
    private const long MaximumChunk = 1L << 40;

    private byte[]? _headBytes;
    private int _headLength;
    private int _lineLength;
    private long _remaining;
    private bool _anyDigit;
    private Stage _stage;

    private enum Stage : byte { Head, ChunkSize, ChunkExtension, ChunkData, ChunkEnd, Trailer, Counted, UntilClose, Complete }

    /// <summary>The head, from when it is complete until <see cref="Reset"/> or <see cref="ForgetHead"/>.</summary>
    public ResponseHead? Head { get; private set; }

    public bool IsComplete => _stage == Stage.Complete;

    /// <summary>Whether the body has no other end than the connection's.</summary>
    public bool EndsWithConnection => _stage == Stage.UntilClose;

    /// <summary>Frees the head of a response that goes on for long.</summary>
    public void ForgetHead() => Head = null;

    /// <summary>Gets ready for the next response on the same connection.</summary>
    public void Reset()
    {
        Head = null;
        _headLength = 0;
        _lineLength = 0;
        _stage = Stage.Head;
    }

    /// <summary>Takes from <paramref name="input"/> up to the end of the next piece of the body.</summary>
    /// <returns><see langword="false"/> when the input holds no more of the body.</returns>
    /// <exception cref="BenchException">The bytes are not HTTP/1.1.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> body)
    {
        while (!input.IsEmpty)
        {
            switch (_stage)
            {
                case Stage.Head:
                    ReadHead(ref input);
                    break;
                case Stage.ChunkSize:
                case Stage.ChunkExtension:
                    ReadChunkSize(ref input);
                    break;
                case Stage.ChunkData:
                case Stage.Counted:
                    body = input[..(int)Math.Min(_remaining, input.Length)];
                    input = input[body.Length..];
                    _remaining -= body.Length;
                    if (_remaining == 0)
                        _stage = _stage == Stage.ChunkData ? Stage.ChunkEnd : Stage.Complete;
                    return true;
                case Stage.ChunkEnd:
                    ReadChunkEnd(ref input);
                    break;
                case Stage.Trailer:
                    ReadTrailer(ref input);
                    break;
                case Stage.UntilClose:
                    body = input;
                    input = default;
                    return true;
                default:
                    body = default;
                    return false;
            }
        }

        body = default;
        return false;
    }

    private void ReadHead(ref ReadOnlySpan<byte> input)
    {
        _headBytes ??= new byte[512];
        for (var index = 0; index < input.Length; index++)
        {
            var value = input[index];
            if (_headLength == _headBytes.Length)
            {
                if (_headLength >= MaximumHead)
                    throw new BenchException("The server's response head is longer than 16 KiB.");
                Array.Resize(ref _headBytes, _headLength * 2);
            }

            _headBytes[_headLength++] = value;
            if (value == '\n')
            {
                if (_lineLength == 0)
                {
                    input = input[(index + 1)..];
                    CompleteHead();
                    return;
                }

                _lineLength = 0;
            }
            else if (value != '\r')
            {
                _lineLength++;
            }
        }

        input = default;
    }

    private void CompleteHead()
    {
        var head = ResponseHead.Parse(_headBytes.AsSpan(0, _headLength));
        _headLength = 0;
        if (head.Status is >= 100 and < 200)
            return;
        _headBytes = null;
        Head = head;
        if (head["Transfer-Encoding"] is { } coding && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            StartChunk();
        }
        else if (head.Status is 204 or 304)
        {
            _stage = Stage.Complete;
        }
        else if (head["Content-Length"] is { } text)
        {
            if (!long.TryParse(text, out _remaining) || _remaining < 0)
                throw new BenchException($"The server's answer has the Content-Length '{text}'.");
            _stage = _remaining == 0 ? Stage.Complete : Stage.Counted;
        }
        else
        {
            _stage = Stage.UntilClose;
        }
    }

    private void StartChunk()
    {
        _remaining = 0;
        _anyDigit = false;
        _stage = Stage.ChunkSize;
    }

    private void ReadChunkSize(ref ReadOnlySpan<byte> input)
    {
        var value = input[0];
        input = input[1..];
        if (value == '\n')
        {
            if (!_anyDigit)
                throw new BenchException("The server's chunked body has a chunk without a size.");
            _lineLength = 0;
            _stage = _remaining == 0 ? Stage.Trailer : Stage.ChunkData;
        }
        else if (_stage == Stage.ChunkExtension || value == '\r')
        {
            return;
        }
        else if (value is (byte)';' or (byte)' ' or (byte)'\t')
        {
            _stage = Stage.ChunkExtension;
        }
        else if (char.IsAsciiHexDigit((char)value) && _remaining < MaximumChunk)
        {
            _anyDigit = true;
            _remaining = (_remaining << 4) + (value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10);
        }
        else
        {
            throw new BenchException("The server's chunked body has a chunk size that is no hexadecimal number.");
        }
    }

    private void ReadChunkEnd(ref ReadOnlySpan<byte> input)
    {
        var value = input[0];
        input = input[1..];
        if (value == '\n')
            StartChunk();
        else if (value != '\r')
            throw new BenchException("The server's chunked body has a chunk longer than its size.");
    }

    private void ReadTrailer(ref ReadOnlySpan<byte> input)
    {
        var value = input[0];
        input = input[1..];
        if (value == '\n')
        {
            if (_lineLength == 0)
                _stage = Stage.Complete;
            _lineLength = 0;
        }
        else if (value != '\r')
        {
            _lineLength++;
        }
    }
}
