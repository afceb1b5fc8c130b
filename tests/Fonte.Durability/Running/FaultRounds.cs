using System.Diagnostics;

namespace Fonte.Durability;

/// <summary>What a run is made of: the server, the workers, and what stands between the server and its disk.</summary>
internal sealed record RunParts(ServerUnderTest Server, WorkerFleet Workers, FaultShim? Shim, SmallDisk? Disk, StreamProbe Probe);

/// <summary>Does the momentary faults of a run, one after the other in random order.</summary>
internal sealed class FaultRounds(RunSettings settings, RunParts parts, Random random, Func<string, Task> sayAsync)
{
    private static readonly TimeSpan RecoveryTimeout = TimeSpan.FromSeconds(10);
    private readonly FaultKinds[] _kinds = [.. FaultNames.Momentary.Where(fault => settings.Faults.HasFlag(fault))];
    private readonly Queue<FaultKinds> _next = [];

    /// <summary>How often each fault was done.</summary>
    public Dictionary<FaultKinds, int> Counts { get; } = [];

    /// <summary>What was seen to be wrong on the way; the rest is told by the records.</summary>
    public List<Violation> Violations { get; } = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        for (var round = 0; !IsOver(round, clock.Elapsed); round++)
        {
            var fault = Draw();
            await DoAsync(fault, cancellationToken);
            Counts[fault] = Counts.GetValueOrDefault(fault) + 1;
        }
    }

    private bool IsOver(int round, TimeSpan elapsed)
    {
        if (settings.Rounds is { } rounds)
            return round >= rounds;
        return round >= _kinds.Length && (elapsed >= settings.Time || parts.Disk is { IsNearlyFull: true });
    }

    // From a shuffled deck, so that a short run has them all.
    private FaultKinds Draw()
    {
        if (_next.Count == 0)
        {
            random.Shuffle(_kinds);
            Array.ForEach(_kinds, _next.Enqueue);
        }

        return _next.Dequeue();
    }

    private Task DoAsync(FaultKinds fault, CancellationToken cancellationToken) => fault switch
    {
        FaultKinds.Sync => FailSyncAsync(cancellationToken),
        FaultKinds.Full => FillDiskAsync(cancellationToken),
        _ => KillAsync(fault, cancellationToken),
    };

    private async Task KillAsync(FaultKinds fault, CancellationToken cancellationToken)
    {
        // Some hit the server while it starts and recovers; the next start is then waited for.
        if (random.Next(6) == 0)
        {
            await EndServerAsync(fault);
            await StartServerAsync(waitUntilReady: false, cancellationToken);
            await Task.Delay(random.Next(50, 900), cancellationToken);
        }
        else
        {
            await parts.Workers.WaitForAcknowledgedAsync(parts.Workers.Acknowledged + random.Next(1, 600), cancellationToken);
            await Task.Delay(random.Next(40), cancellationToken);
        }

        await EndServerAsync(fault);
        await StartServerAsync(waitUntilReady: true, cancellationToken);
    }

    private async Task FailSyncAsync(CancellationToken cancellationToken)
    {
        await parts.Workers.WaitForAcknowledgedAsync(parts.Workers.Acknowledged + random.Next(1, 300), cancellationToken);
        var refused = parts.Workers.Refused;
        parts.Shim!.FailSync();
        await RequireFeltAsync("fsync fails", () => parts.Workers.Refused > refused, cancellationToken);
        await Task.Delay(random.Next(800), cancellationToken);
        var isKilled = random.Next(3) == 0;
        await sayAsync($"fsync failed{(isKilled ? "; the server is killed meanwhile" : "")}");
        if (isKilled)
            await EndServerAsync(settings.Faults.HasFlag(FaultKinds.Power) && random.Next(2) == 0 ? FaultKinds.Power : FaultKinds.Kill);
        parts.Shim.MendSync();
        if (isKilled)
            await StartServerAsync(waitUntilReady: true, cancellationToken);
        else
            await RequireRecoveryAsync("fsync succeeds again", cancellationToken);
    }

    private async Task FillDiskAsync(CancellationToken cancellationToken)
    {
        await parts.Workers.WaitForAcknowledgedAsync(parts.Workers.Acknowledged + random.Next(1, 300), cancellationToken);
        var refused = parts.Workers.Refused;
        await RequireFeltAsync("the disk is full", () =>
        {
            // Again and again, because the server may give up its ballast.
            parts.Disk!.Fill();
            return parts.Workers.Refused > refused;
        }, cancellationToken);
        if (!await parts.Probe.IsReplayedAsync(cancellationToken))
            Violations.Add(new(ViolationKind.Stuck, "A stream did not begin with the log's first events while the disk was full."));
        await Task.Delay(random.Next(800), cancellationToken);
        var isKilled = settings.Faults.HasFlag(FaultKinds.Kill) && random.Next(3) == 0;
        await sayAsync($"the disk was full{(isKilled ? "; the server is killed meanwhile" : "")}");
        if (isKilled)
            await EndServerAsync(FaultKinds.Kill);
        parts.Disk!.Free();
        if (isKilled)
            await StartServerAsync(waitUntilReady: true, cancellationToken);
        else
            await RequireRecoveryAsync("there is room on the disk again", cancellationToken);
    }

    private async Task RequireFeltAsync(string what, Func<bool> isFelt, CancellationToken cancellationToken)
    {
        if (!await parts.Workers.ComesTrueAsync(isFelt, RecoveryTimeout, cancellationToken))
            throw new CheckerException($"Publishing goes on for {RecoveryTimeout.TotalSeconds:0} s though {what}: the fault does not reach the server.");
    }

    private async Task RequireRecoveryAsync(string since, CancellationToken cancellationToken)
    {
        var wanted = parts.Workers.Acknowledged + 20;
        if (await parts.Workers.ComesTrueAsync(() => parts.Workers.Acknowledged >= wanted, RecoveryTimeout, cancellationToken))
            return;
        Violations.Add(new(ViolationKind.Stuck, $"Publishing did not go on within {RecoveryTimeout.TotalSeconds:0} s since {since}."));
        await EndServerAsync(FaultKinds.Kill);
        await StartServerAsync(waitUntilReady: true, cancellationToken);
    }

    private async Task EndServerAsync(FaultKinds fault)
    {
        await parts.Server.KillAsync();
        var after = $"after {parts.Workers.Acknowledged:N0} acknowledged events";
        if (fault == FaultKinds.Power)
            await sayAsync($"power cut {after}; {parts.Shim!.CutPower(random):N0} pages and names were not synced");
        else
            await sayAsync($"kill {after}");
    }

    private async Task StartServerAsync(bool waitUntilReady, CancellationToken cancellationToken)
    {
        parts.Server.Start();
        await parts.Workers.TellAsync($"server {parts.Server.ProcessId}");
        if (waitUntilReady)
            await parts.Server.WaitUntilReadyAsync(cancellationToken);
    }
}
