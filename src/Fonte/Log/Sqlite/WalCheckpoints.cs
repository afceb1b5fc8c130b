using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fonte;

/// <summary>Keeps the write-ahead log small without holding up commits.</summary>
/// <remarks>
/// A thread of its own copies committed pages into the database (PASSIVE) after every few megabytes. Left to itself the write-ahead
/// log would still grow while readers overlap, measured at 110 MB/s; so the writer empties it between two batches (TRUNCATE) when it passes
/// 64 MB. Readers hold a transaction for at most 50 ms, and those that come after a full copy no longer use it.
/// </remarks>
internal sealed partial class WalCheckpoints : IDisposable
{
    internal const long MostBytes = 64 * 1024 * 1024;
    private const long PassiveBytes = 4 * 1024 * 1024;
    private readonly string _file;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _due = new(initialState: false);
    private readonly Thread _thread;
    private volatile bool _ended;
    private long _written;

    internal WalCheckpoints(string file, ILogger logger)
    {
        (_file, _logger) = (file, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "fonte-checkpoint" };
        _thread.Start();
    }

    /// <summary>How long the write-ahead log is now, in bytes.</summary>
    internal long WalBytes => new FileInfo(_file + "-wal") is { Exists: true } wal ? wal.Length : 0;

    /// <summary>Told by the writer after each commit of about so many bytes.</summary>
    internal void Committed(long bytes)
    {
        if ((_written += bytes) < PassiveBytes) return;
        _written = 0;
        _due.Set();
    }

    public void Dispose()
    {
        _ended = true;
        _due.Set();
        _thread.Join();
        _due.Dispose();
    }

    private void Run()
    {
        while (_due.WaitOne() && !_ended)
        {
            try
            {
                // Opened for each: a connection that outlived a failed disk would fail for ever.
                using var connection = SqliteConnections.Open(_file, SqliteOpenMode.ReadWrite, "PRAGMA synchronous = FULL");
                connection.Scalar("PRAGMA wal_checkpoint(PASSIVE)");
            }
            catch (Exception exception)
            {
                // The writer meets the same disk and tells of it; here the next one is tried.
                Log.Failed(_logger, _file, exception);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4, LogLevel.Warning, "The write-ahead log of {File} could not be copied into it; tried again later")]
        internal static partial void Failed(ILogger logger, string file, Exception cause);
    }
}
