namespace Fonte.Bench;

/// <summary>Bytes that came and are not done with.</summary>
internal sealed class PieceBuffer
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Add(ReadOnlySpan<byte> piece)
    {
        if (_length + piece.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + piece.Length));
        piece.CopyTo(_bytes.AsSpan(_length));
        _length += piece.Length;
    }

    /// <summary>Forgets the first of them.</summary>
    public void Remove(int count)
    {
        _bytes.AsSpan(count, _length - count).CopyTo(_bytes);
        _length -= count;
    }
}
