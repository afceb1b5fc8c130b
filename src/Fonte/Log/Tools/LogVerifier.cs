namespace Fonte;

/// <summary>Finds damage in a log, whatever it is, and says where.</summary>
/// <remarks>
/// Four looks, the later ones also when an earlier one found something: the file's header and write-ahead log; the structure of the database (SQLite's
/// <c>PRAGMA integrity_check</c>); each event (checksum, order of offsets and times, offsets that are missing without a mark of retention); and who the log is
/// (epochs, next offset, marks). Changes nothing.
/// </remarks>
public static class LogVerifier
{
    /// <summary>Reads the whole log. Beside a live server in transactions of 50 ms, but for the structure.</summary>
    /// <param name="directory">The log's folder.</param>
    /// <param name="options">Whom to tell.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="LogUnavailableException">There is no log that can be opened.</exception>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public static LogVerification Verify(string directory, LogToolOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(options);
        using var source = LogSource.Open(directory);
        var report = new Report(options);
        HeaderCheck.Run(source, report.Add);
        if (!source.IsOpenElsewhere) WriteAheadLogCheck.Run(source, report.Add);
        var isWhole = StructureCheck.Run(source, report.Add, cancellationToken);
        var events = new EventCheck(source, report.Add).Run(options.Progress, cancellationToken);
        return new(events, report.Count, isWhole);
    }

    private sealed class Report(LogToolOptions options)
    {
        internal long Count { get; private set; }

        internal void Add(LogDamage damage)
        {
            Count++;
            options.Damaged?.Invoke(damage);
        }
    }
}

/// <summary>What a verification came to.</summary>
/// <param name="Events">How many events are as they were written.</param>
/// <param name="Damages">How many damages were told.</param>
/// <param name="StructureChecked">
/// False when the check of the database's structure took more than 10 s beside a live server, whose write-ahead log grows meanwhile, and was
/// given up; verify a backup, or the log while no server runs.
/// </param>
public sealed record LogVerification(long Events, long Damages, bool StructureChecked)
{
    /// <summary>Whether nothing was found.</summary>
    public bool IsSound => Damages == 0;
}
