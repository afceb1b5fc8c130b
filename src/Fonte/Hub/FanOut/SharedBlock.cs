namespace Fonte;

/// <summary>A block that is no event of the log and goes to many, encoded once: 9,000 heartbeats encoded one by one were 4 MB of garbage.</summary>
internal sealed class SharedBlock(ReadOnlySpan<byte> block, bool isGap = false)
{
    private readonly int _length = block.Length;

    internal byte[] Chunk { get; } = EventFrame.ToChunk(block);

    /// <summary>Whether it tells of a gap.</summary>
    internal bool IsGap { get; } = isGap;

    internal ReadOnlySpan<byte> Bytes => Memory.Span;

    internal ReadOnlyMemory<byte> Memory => Chunk.AsMemory(Chunk.Length - EventFrame.LineEnd.Length - _length, _length);
}
