namespace Fonte.Samples.Activity;

/// <summary>How much happens; in the configuration <c>Activity:Interval</c> and <c>Activity:Seed</c>.</summary>
public sealed class ActivityOptions
{
    public const string Section = "Activity";

    internal static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    internal static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The time from one event to the next, from 0.01 s to an hour.</summary>
    /// <value>1.5 s</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The same seed gives the same events, but for the orders' numbers, which begin with the time of the start.</summary>
    /// <value>1</value>
    public int Seed { get; set; } = 1;
}
