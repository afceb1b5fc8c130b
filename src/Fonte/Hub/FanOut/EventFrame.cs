namespace Fonte;

/// <summary>An event as it goes over the wire: encoded when the first pump needs it, and shared by all who receive it.</summary>
/// <remarks>Thread-safe. Two pumps that need it at the same moment may both encode it, to the same bytes.</remarks>
internal sealed class EventFrame(LoggedEvent logged, LogIdentity identity) : IOffsetItem
{
    private volatile LoggedEvent? _logged = logged;
    private volatile byte[]? _bytes;

    public long Offset { get; } = logged.Offset;

    internal IReadOnlyList<string> Topics { get; } = logged.Topics;

    internal bool Private { get; } = logged.Private;

    internal byte[] Bytes
    {
        get
        {
            // In this order: the event is let go only after its bytes are there.
            var source = _logged;
            return _bytes ?? Encode(source!);
        }
    }

    public int Size { get; } = logged.Size;

    private byte[] Encode(LoggedEvent logged)
    {
        var bytes = EventStreamFormat.Encode(logged, identity);
        _bytes = bytes;
        _logged = null;
        return bytes;
    }
}
