using Fonte.Durability;

namespace Fonte.AspNetCore.Tests;

/// <summary>A log that is damaged as long as a test says so.</summary>
internal sealed class UnreadableLog(IEventLog log) : SabotagedLog(log)
{
    internal bool IsUnreadable { get; set; }

    public override LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes) =>
        IsUnreadable ? throw new LogDamagedException("Told to fail.") : base.Read(topics, from, maxEvents, maxBytes);
}
