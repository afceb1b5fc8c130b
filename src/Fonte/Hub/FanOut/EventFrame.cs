namespace Fonte;

/// <summary>An event as it goes over the wire, encoded once and shared by all who receive it.</summary>
internal sealed class EventFrame(LoggedEvent logged, byte[] bytes) : IOffsetItem
{
    public long Offset { get; } = logged.Offset;

    internal IReadOnlyList<string> Topics { get; } = logged.Topics;

    internal bool Private { get; } = logged.Private;

    internal byte[] Bytes { get; } = bytes;

    public int Size => Bytes.Length + EventSize.Of(Topics, 0, null, null);
}
