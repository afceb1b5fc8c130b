namespace Fonte.Durability;

/// <summary>What a run does to the server and its subscribers; on the command line in lower case, separated by commas.</summary>
[Flags]
internal enum FaultKinds
{
    None = 0,

    /// <summary><c>kill -9</c> at random moments.</summary>
    Kill = 1,

    /// <summary>Subscribers stop reading for a while.</summary>
    Stall = 2,

    /// <summary>fsync fails for a while.</summary>
    Sync = 4,

    /// <summary>The power is cut: what was not synced is gone, in part or whole.</summary>
    Power = 8,

    /// <summary>The disk is full for a while.</summary>
    Full = 16,

    /// <summary>The log drops its oldest events all the time.</summary>
    Retention = 32,

    All = Kill | Stall | Sync | Power | Full | Retention,
}

internal static class FaultNames
{
    /// <summary>The faults that happen at a moment; the others last for the whole run.</summary>
    public static readonly FaultKinds[] Momentary = [FaultKinds.Kill, FaultKinds.Sync, FaultKinds.Power, FaultKinds.Full];

    /// <exception cref="CheckerException">A name is none of a fault.</exception>
    public static FaultKinds Parse(string names)
    {
        var faults = FaultKinds.None;
        foreach (var name in names.Split(',', StringSplitOptions.TrimEntries))
        {
            faults |= Enum.GetValues<FaultKinds>().FirstOrDefault(fault => fault.ToName() == name) is var fault and not FaultKinds.None
                ? fault
                : throw new CheckerException($"--faults knows kill, stall, sync, power, full, retention and all, not '{name}'.");
        }

        return faults;
    }

    public static string ToName(this FaultKinds fault) => fault.ToString().Replace(", ", "+", StringComparison.Ordinal).ToLowerInvariant();
}
