namespace Fonte.Services;

/// <summary>Which events a group over a hub receives, and how patient it is.</summary>
public sealed class HubGroupOptions
{
    /// <summary>The group's name; its cursor is kept under it.</summary>
    public required string Name { get; init; }

    /// <summary>The topics; of a service's events their types, see <see cref="HubEventSender"/>.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>How often an event is given before it is a dead letter.</summary>
    /// <value>5</value>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long to wait before an event is given again; twice that before the third time, and so on.</summary>
    /// <value>200 ms</value>
    public TimeSpan RedeliveryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>After how long an instance that is gone is replaced by another.</summary>
    /// <value>6 s</value>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(6);
}
