namespace Fonte;

/// <summary>Makes a log of the lines that <see cref="LogExport"/> writes, or of lines from elsewhere.</summary>
/// <remarks>
/// <para>
/// An export keeps its offsets, times, event IDs, marks and lineage, and the log takes a new epoch from the next offset on: cursors of the exported
/// log stay valid below it.
/// </para>
/// <para>
/// Lines from elsewhere have no header; only their <c>topics</c> are needed. Where there is no offset it is the one after the event before, where there is
/// no time it is now. If offsets are left out, a mark is made at the last of them, as if events had been there.
/// </para>
/// </remarks>
public static class LogImport
{
    /// <summary>Makes the log; it is in its place when it is whole and on the disk, and otherwise not at all.</summary>
    /// <param name="directory">A folder without a log, or with an empty one; made if it is missing.</param>
    /// <param name="input">UTF-8, one JSON object a line.</param>
    /// <param name="options">Limits, and whom to tell.</param>
    /// <param name="cancellationToken">Ends it early, with nothing left of the log.</param>
    /// <exception cref="LogImportException">A line is malformed; names it by its number.</exception>
    /// <exception cref="LogUnavailableException">There is a log with events in the folder, or the folder cannot be written.</exception>
    /// <exception cref="IOException">The input cannot be read or the log not written, for instance because the disk is full.</exception>
    public static LogCopy Read(string directory, Stream input, LogImportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(options);
        using var target = NewLog.Create(directory, replaceEmpty: true);
        return new LogImporter(target, options).Run(input, cancellationToken);
    }
}

/// <summary>A line of an import is malformed. The message is a sentence for the operator that names its number.</summary>
public sealed class LogImportException : Exception
{
    /// <summary>Makes one with the sentence for the operator.</summary>
    public LogImportException(long line, string message, Exception? innerException = null) : base(message, innerException) => Line = line;

    /// <summary>The line's number, from 1.</summary>
    public long Line { get; }
}
