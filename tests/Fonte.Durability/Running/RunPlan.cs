namespace Fonte.Durability;

/// <summary>One run: one log, its faults, and how long it goes on.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Faults">What is done in it.</param>
/// <param name="Seed">Of the run alone.</param>
/// <param name="Rounds">After how many momentary faults it ends, or <see langword="null"/>.</param>
/// <param name="Time">After how long it ends when it has no number of rounds; not before every fault came once.</param>
internal sealed record RunSettings(int Number, FaultKinds Faults, int Seed, int? Rounds, TimeSpan Time)
{
    public bool NeedsShim => (Faults & (FaultKinds.Sync | FaultKinds.Power)) != 0;
}

/// <summary>Divides a check into runs, because a full disk and retention need servers of their own.</summary>
/// <remarks>
/// <code>
/// disk        kill, stall, sync, power               nothing may be skipped
/// small disk  kill, stall, full                      nothing may be skipped
/// retention   kill, stall, sync, power, retention    what is skipped must be told
/// </code>
/// </remarks>
internal static class RunPlan
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(40);

    /// <summary>The runs, in random order; over and over in a check with a time, which ends by it.</summary>
    public static IEnumerable<RunSettings> Of(CheckerOptions options)
    {
        var random = new Random(options.Seed);
        var kinds = KindsOf(options.Faults);
        random.Shuffle(kinds);
        for (var number = 1; options.Kills is null || number <= kinds.Length; number++)
        {
            var time = options.Time / kinds.Length;
            yield return new RunSettings(number, kinds[(number - 1) % kinds.Length], random.Next(),
                options.Kills is { } kills ? (kills + kinds.Length - number) / kinds.Length : null,
                time < LongestRun ? time : TimeSpan.FromSeconds(random.Next(10, (int)LongestRun.TotalSeconds)));
        }
    }

    /// <summary>Which kinds of runs these faults need.</summary>
    public static FaultKinds[] KindsOf(FaultKinds faults)
    {
        var common = faults & (FaultKinds.Kill | FaultKinds.Stall);
        var disk = faults & (FaultKinds.Sync | FaultKinds.Power);
        var kinds = new List<FaultKinds>();
        if (disk != 0 || (faults & (FaultKinds.Full | FaultKinds.Retention)) == 0)
            kinds.Add(common | disk);
        if (faults.HasFlag(FaultKinds.Full))
            kinds.Add(common | FaultKinds.Full);
        if (faults.HasFlag(FaultKinds.Retention))
            kinds.Add(common | disk | FaultKinds.Retention);
        return [.. kinds];
    }
}
