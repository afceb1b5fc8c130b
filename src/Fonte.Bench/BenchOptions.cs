namespace Fonte.Bench;

/// <summary>What one load run does.</summary>
public sealed class BenchOptions
{
    internal const int MaximumSubscribers = 60_000;
    internal const int MaximumRate = 100_000;
    internal const int MaximumSize = 1_000_000;
    internal const int MaximumSeconds = 3_600;
    internal const int MaximumTopics = 10_000;

    /// <summary>The hub's base URL, or a full event-stream URL; only loopback addresses are accepted.</summary>
    /// <remarks>With <see cref="Rate"/> above 0 it must be the hub's base URL, because the run publishes too.</remarks>
    public required string Url { get; init; }

    /// <summary>How many event streams are opened.</summary>
    /// <value>1,000.</value>
    public int Subscribers { get; init; } = 1_000;

    /// <summary>How many events per second the run publishes itself; 0 only listens.</summary>
    /// <value>10.</value>
    public int Rate { get; init; } = 10;

    /// <summary>Bytes of data per event; the least is what the stamp in it needs.</summary>
    /// <value>100.</value>
    public int Size { get; init; } = 100;

    /// <summary>For how many seconds the run publishes or listens, once every subscriber is connected.</summary>
    /// <value>10.</value>
    public int Seconds { get; init; } = 10;

    /// <summary>Over how many topics events and subscribers are spread; each subscriber listens to one.</summary>
    /// <value>1.</value>
    public int Topics { get; init; } = 1;

    /// <summary>Whether the report is written as one JSON object and progress is left out.</summary>
    /// <value><see langword="false"/>.</value>
    public bool Json { get; init; }

    /// <summary>The time that connecting one event stream, up to its first position block, may take.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After publishing ends: the time without any delivery after which what is missing counts as lost.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    internal bool Publishes => Rate > 0;

    /// <summary>How many keep-alive connections publish side by side; each waits for its acknowledgement before the next event.</summary>
    internal int Lanes => Publishes ? Math.Clamp(Rate / 50, 1, 128) : 0;

    internal void Validate()
    {
        Require("--subscribers", Subscribers, 1, MaximumSubscribers);
        Require("--rate", Rate, 0, MaximumRate);
        Require("--seconds", Seconds, 1, MaximumSeconds);
        Require("--topics", Topics, 1, MaximumTopics);
        Require("--size", Size, Stamp.Length, MaximumSize);
    }

    private static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new BenchException(FormattableString.Invariant($"{name} must be from {least:N0} to {most:N0}, not {value:N0}."));
    }
}
