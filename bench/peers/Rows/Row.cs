namespace Fonte.PeerBench;

/// <summary>A measurement of Fonte alone: a ratio of two loads, or a figure with its bar.</summary>
/// <param name="Name">As it is chosen by.</param>
/// <param name="What">For the reader of the results.</param>
/// <param name="MeasureAsync">One round: figures by name.</param>
/// <param name="Bars">For each judged figure what it must reach and what it should, both at most.</param>
internal sealed record Row(
    string Name, string What, Func<RowRun, CancellationToken, Task<Dictionary<string, double>>> MeasureAsync, IReadOnlyDictionary<string, (double Bar, double Goal)> Bars)
{
    public static readonly IReadOnlyList<Row> All = [TopicRows.Topics, TopicRows.Unheard, StalledRow.Row, ReconnectRow.InWindow, ReconnectRow.FromLog, StartRow.Row, SecureRow.Row, GrantedRow.Row];
}

/// <summary>What a row is given to work with.</summary>
internal sealed record RowRun(PeerBenchOptions Options)
{
    /// <summary>Starts the native server on a new log.</summary>
    public Task<RowServer> StartAsync(CancellationToken cancellationToken, params string[] more) => StartAsync(new FontePeer("fonte-aot", Options.Aot, more), cancellationToken);

    /// <summary>Starts a server of the row's own making.</summary>
    public async Task<RowServer> StartAsync(FontePeer peer, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Options.Data, $"row-{Guid.NewGuid():N}");
        return new(await peer.StartAsync(folder, Options.Placement, cancellationToken), folder);
    }

    /// <summary>A new server, one load, and what it measured.</summary>
    public async Task<LoadReport> LoadAsync(Func<Load, Load> shape, CancellationToken cancellationToken)
    {
        using var server = await StartAsync(cancellationToken);
        var report = await shape(server.Peer.Load).RunAsync(Options.Placement, cancellationToken);
        return report.Faults.Length == 0 ? report : throw new PeerBenchException($"Not everything was delivered as it should be: {report.Faults}.");
    }
}

/// <summary>A started server and its folder, both gone in the end.</summary>
internal sealed class RowServer(RunningPeer peer, string folder) : IDisposable
{
    public RunningPeer Peer { get; } = peer;

    public void Dispose()
    {
        Peer.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
