namespace Fonte;

internal enum PumpMessageKind
{
    Attach,
    Detach,
    Leave,
    Flushed,
    BlockRead,
    TailMoved,
    Tick,
    Drain,
    EndAll,
    Sweep,
    Census,
}

/// <summary>What is said to a pump. A subscriber causes a handful at most, so the inbox is bounded by the subscribers.</summary>
internal readonly record struct PumpMessage(PumpMessageKind Kind, Subscriber? Subscriber = null, ReplayBlock? Block = null, bool Failed = false, StreamSweep? Sweep = null, StreamCensus? Census = null)
{
    internal static PumpMessage Attach(Subscriber subscriber) => new(PumpMessageKind.Attach, subscriber);

    internal static PumpMessage Detach(Subscriber subscriber) => new(PumpMessageKind.Detach, subscriber);

    internal static PumpMessage Leave(Subscriber subscriber) => new(PumpMessageKind.Leave, subscriber);

    internal static PumpMessage Flushed(Subscriber subscriber, bool failed) => new(PumpMessageKind.Flushed, subscriber, Failed: failed);

    internal static PumpMessage BlockRead(Subscriber subscriber, ReplayBlock? block) => new(PumpMessageKind.BlockRead, subscriber, block);
}
