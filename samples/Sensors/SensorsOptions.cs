namespace Fonte.Samples.Sensors;

/// <summary>How the machines measure; in the configuration <c>Sensors:Interval</c> and <c>Sensors:Seed</c>.</summary>
public sealed class SensorsOptions
{
    public const string Section = "Sensors";

    internal static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The time from one measurement to the next at the start, from 0.1 s to an hour; the page may change it.</summary>
    /// <value>2 s</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The same seed gives the same measurements.</summary>
    /// <value>1</value>
    public int Seed { get; set; } = 1;
}
