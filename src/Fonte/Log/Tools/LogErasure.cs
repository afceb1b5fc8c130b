using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Fonte;

/// <summary>Erases the history of a topic, by the server that has the log open or without one.</summary>
/// <remarks>The permissions of the log's file are the authorization.</remarks>
public static class LogErasure
{
    /// <summary>How long a server may take.</summary>
    /// <value>60 seconds</value>
    public static TimeSpan TimeLimit { get; } = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LooksEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Erases every event that the topic has now, for good; a subscriber that resumes below them is told of a gap.</summary>
    /// <param name="directory">The log's folder.</param>
    /// <param name="topic">The topic, canonical or alternate.</param>
    /// <param name="timeProvider">The clock of <see cref="TimeLimit"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; what a server has begun it finishes.</param>
    /// <returns>How many events were erased.</returns>
    /// <exception cref="LogUnavailableException">There is no log that can be opened for writing.</exception>
    /// <exception cref="TimeoutException">The server did not erase within <see cref="TimeLimit"/>; the request was withdrawn.</exception>
    public static async Task<long> EraseAsync(string directory, string topic, TimeProvider timeProvider, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentNullException.ThrowIfNull(timeProvider);
        string path;
        bool isOpen;
        using (var source = LogSource.Open(directory))
        {
            (path, isOpen) = (source.Path, source.IsOpenElsewhere);
            if (isOpen && !source.HasTable("erasure"))
                throw new LogUnavailableException($"The server that has the log {path} open is of an older version, which cannot erase; stop it first.");
            if (!isOpen && source.HasTable("replica"))
                throw new LogUnavailableException($"The log {path} is a copy of a broker's, and all copies must erase alike: start its hub, and erase while it runs.");
        }
        return isOpen
            ? await AskAsync(path, topic, timeProvider, cancellationToken).ConfigureAwait(false)
            : await EraseAloneAsync(directory, topic, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<long> EraseAloneAsync(string directory, string topic, CancellationToken cancellationToken)
    {
        var options = new SqliteLogOptions
        {
            Directory = directory,
            // What else is kept is for the server's settings to say, not for this tool.
            Retention = new() { MaxAge = TimeSpan.Zero, MaxBytes = 0, MaxEvents = 0 },
            BallastBytes = 0,
            KeepsRules = true,
        };
        var log = SqliteEventLog.Open(options, NullLogger<SqliteEventLog>.Instance);
        await using (log.ConfigureAwait(false))
            return await log.EraseAsync(topic, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<long> AskAsync(string path, string topic, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new Request(path, topic);
            var started = timeProvider.GetTimestamp();
            using var timer = new PeriodicTimer(LooksEvery, timeProvider);
            request.Ask();
            while (true)
            {
                if (request.TakeAnswer() is { } erased) return erased;
                if (timeProvider.GetElapsedTime(started) >= TimeLimit)
                {
                    if (!request.Withdraw()) continue;
                    throw new TimeoutException($"The server that has the log {path} open did not say within {TimeLimit.TotalSeconds:0} s that the topic is erased; if it has begun, it goes on. Look at its messages, and ask again.");
                }
                if (cancellationToken.IsCancellationRequested) request.Withdraw();
                await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SqliteException exception)
        {
            throw new LogUnavailableException($"The log {path} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>A row of the table <c>erasure</c>.</summary>
    private sealed class Request : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly string _topic;

        internal Request(string path, string topic)
        {
            _topic = topic;
            // Never the one that closes the log: the server has it open.
            _connection = SqliteConnections.Open(path, SqliteOpenMode.ReadWrite, "PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;");
        }

        // An answer that nobody took is of an earlier request. Of two who ask at a time one may be told what was left for the second.
        internal void Ask() => Run("INSERT INTO erasure (topic, erased) VALUES (?1, NULL) ON CONFLICT DO UPDATE SET erased = NULL");

        /// <summary>Returns how many events the server erased, or null as long as it has not.</summary>
        internal long? TakeAnswer()
        {
            long? erased;
            using (var statement = new SqliteStatement(_connection, "SELECT erased FROM erasure WHERE topic = ?1"))
            {
                statement.BindText(1, _topic);
                if (!statement.Step())
                {
                    statement.Reset();
                    Ask();
                    return null;
                }
                erased = statement.IsNull(0) ? null : statement.Integer(0);
            }
            if (erased is not null) Run("DELETE FROM erasure WHERE topic = ?1");
            return erased;
        }

        /// <summary>Takes the request back; false when it was answered in this moment.</summary>
        internal bool Withdraw() => Run("DELETE FROM erasure WHERE topic = ?1 AND erased IS NULL") == 1;

        public void Dispose() => _connection.Dispose();

        private int Run(string sql)
        {
            using var statement = new SqliteStatement(_connection, sql);
            statement.BindText(1, _topic);
            statement.Run();
            return raw.sqlite3_changes(_connection.Handle);
        }
    }
}
