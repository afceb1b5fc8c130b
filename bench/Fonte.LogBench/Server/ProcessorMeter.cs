namespace Fonte.LogBench;

/// <summary>What a unit of work costs the server, and the load generator that asks for it, in processor time.</summary>
internal sealed class ProcessorMeter(HubServer server)
{
    private double _serverBefore;
    private double _ownBefore;

    public void Start() => (_serverBefore, _ownBefore) = Now();

    /// <summary>Adds both costs since the start to the report.</summary>
    public void Add(RowRun run, string unit, long count)
    {
        var (serverNow, ownNow) = Now();
        run.Add($"server's processor time {unit}", (serverNow - _serverBefore) * 1e6 / count, "µs");
        run.Add($"load generator's processor time {unit}", (ownNow - _ownBefore) * 1e6 / count, "µs");
    }

    private (double Server, double Own) Now() =>
        (ProcessFigures.ProcessorSeconds(server.ProcessId), ProcessFigures.ProcessorSeconds(Environment.ProcessId));
}
