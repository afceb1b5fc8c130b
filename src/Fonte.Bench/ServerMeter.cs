namespace Fonte.Bench;

/// <summary>What the server and this process use during a run.</summary>
internal sealed class ServerMeter(ServerProcesses? server)
{
    private TimeSpan _processorBefore;
    private TimeSpan _ownBefore;
    private TimeSpan _processor;
    private TimeSpan _own;
    private long _memoryAtStart;
    private long _memoryIdle;
    private long _memoryAfter;

    /// <summary>Before the first subscriber.</summary>
    public void Begin() => _memoryAtStart = server?.Memory ?? 0;

    /// <summary>All are connected, and nothing happens yet.</summary>
    public void Connected()
    {
        _memoryIdle = server?.Memory ?? 0;
        (_processorBefore, _ownBefore) = (server?.ProcessorTime ?? default, Environment.CpuUsage.TotalTime);
    }

    /// <summary>Everything is delivered, but to those who do not read.</summary>
    public void Delivered()
    {
        (_processor, _own) = ((server?.ProcessorTime ?? default) - _processorBefore, Environment.CpuUsage.TotalTime - _ownBefore);
        _memoryAfter = server?.Memory ?? 0;
    }

    public ServerSummary? Summary(int subscribers) => server is null
        ? null
        : new(_processor, _own, _memoryAtStart, _memoryIdle, _memoryAfter, subscribers == 0 ? 0 : (double)(_memoryIdle - _memoryAtStart) / subscribers);
}
