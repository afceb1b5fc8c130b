namespace Fonte;

/// <summary>A run of 32,768 offsets that is indexed as one: the place of an event in its block fits two bytes.</summary>
internal static class Block
{
    internal const int Length = 32_768;

    internal static long Of(long offset) => offset / Length;

    /// <summary>The first offset of the block.</summary>
    internal static long Start(long block) => block * Length;
}
