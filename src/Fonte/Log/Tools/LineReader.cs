namespace Fonte;

/// <summary>Splits a stream at line feeds; a line may be as long as the largest event, escaped.</summary>
internal sealed class LineReader(Stream input)
{
    internal const int MaxLineBytes = 128 * 1024 * 1024;
    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private int _searched;
    private bool _ended;

    /// <summary>How many bytes were read from the stream.</summary>
    internal long BytesRead { get; private set; }

    /// <summary>Gives the next line without its end, valid until the next call; false at the end.</summary>
    /// <exception cref="FormatException">The line is longer than <see cref="MaxLineBytes"/>.</exception>
    internal bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var found = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (found >= 0 || (_ended && _start < _end))
            {
                var end = found >= 0 ? _searched + found : _end;
                line = _buffer.AsSpan(_start, end - _start);
                _start = _searched = Math.Min(end + 1, _end);
                return true;
            }
            if (_ended)
            {
                line = default;
                return false;
            }
            _searched = _end;
            Fill();
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end, _searched) = (0, _end - _start, _searched - _start);
        }
        if (_end == _buffer.Length)
        {
            if (_buffer.Length > MaxLineBytes) throw new FormatException($"it is longer than {MaxLineBytes} bytes");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = input.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
        BytesRead += read;
    }
}
