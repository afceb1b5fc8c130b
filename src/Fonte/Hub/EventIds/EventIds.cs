namespace Fonte;

/// <summary>How the IDs look that a hub gives.</summary>
public enum EventIdForm
{
    /// <summary>As positions, <c>urn:fonte:epoch:offset</c>: anyone sees which of two events is the later, and how many lie between.</summary>
    Positions,

    /// <summary>As encrypted positions, <c>urn:fonte:x:…</c>: for those to whom order and rate are a secret.</summary>
    Opaque,
}

/// <summary>The IDs of places in a log, as they go out and come in. Thread-safe.</summary>
internal abstract class EventIds(LogIdentity identity)
{
    /// <summary>The ID of the place at an offset.</summary>
    internal string At(long offset) => Write(identity.At(offset));

    /// <summary>The offset that an ID names, or why it names none in this log; null when it is no ID of this form, so that only a publisher can have given it.</summary>
    internal (long Offset, GapReason? Fault)? Find(string id)
    {
        if (Read(id) is not { } position) return null;
        return identity.Includes(position) ? (position.Offset, null) : (0, GapReason.OtherEpoch);
    }

    protected abstract string Write(Position position);

    protected abstract Position? Read(string id);
}

/// <summary>Positions as they are.</summary>
internal sealed class PositionIds(LogIdentity identity) : EventIds(identity)
{
    protected override string Write(Position position) => position.ToString();

    protected override Position? Read(string id) => Position.TryParse(id, out var position) ? position : null;
}
