using System.Data.Common;
using CloudNative.CloudEvents;
using Microsoft.Data.Sqlite;

namespace Fonte.Services;

/// <summary>A service's own SQLite file: its state, and beside it what makes effects happen once. Several instances of the service may have it open. Thread-safe.</summary>
/// <remarks>
/// <code>
/// inbox    source, id          what was handled; the same event again has no effect
/// outbox   seq, envelope …     what is to be sent, written with the effect
/// cursor   name, value         how far a group over the hub, or one of a partition of Kafka, has come
/// attempt  name, id, count     how often an event of such a group has failed
/// dead     at, reason …        what could not be handled
/// lease    name, owner, until  which instance is the active one
/// count    way, type, count    how many events of a type were received (handled or given up) or are to be sent
/// </code>
/// Names of tables that begin with <c>fonte_</c> are these; all others are the service's.
/// </remarks>
public sealed class ServiceStore
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS fonte_inbox (source TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (source, id)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS fonte_inbox_at ON fonte_inbox (at);
        CREATE TABLE IF NOT EXISTS fonte_outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL, envelope BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS fonte_cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS fonte_attempt (name TEXT NOT NULL, id TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (name, id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS fonte_dead (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL, envelope BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS fonte_count (way TEXT NOT NULL, type TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (way, type)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS fonte_lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private readonly string _connectionString;

    private ServiceStore(string path, TimeProvider time)
    {
        // Without a pool: a connection that was returned keeps the file open.
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString();
        Time = time;
    }

    internal TimeProvider Time { get; }

    /// <summary>Opens the file, and makes it and its tables if they are missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="schema">SQL that makes the service's own tables if they are missing; run each time.</param>
    /// <param name="time">The clock of leases; the system's by default.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static ServiceStore Open(string path, string schema = "", TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var store = new ServiceStore(path, time ?? TimeProvider.System);
        using var connection = store.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = Schema + schema;
        command.ExecuteNonQuery();
        return store;
    }

    /// <summary>A connection to the file, whose commits are durable; the caller's to close.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON;";
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>The newest events that could not be handled, the last first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters(int count)
    {
        using var connection = Connect();
        using var command = connection.Command("SELECT at, reason, envelope FROM fonte_dead ORDER BY seq DESC LIMIT @count", ("@count", count));
        using var reader = command.ExecuteReader();
        var letters = new List<DeadLetter>();
        while (reader.Read()) letters.Add(new(DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)), reader.GetString(1), (byte[])reader[2]));
        return letters;
    }

    /// <summary>How much there is of everything.</summary>
    public ServiceCounts Counts()
    {
        using var connection = Connect();
        using var transaction = connection.BeginTransaction(deferred: true);
        return new(connection.Number("SELECT count(*) FROM fonte_outbox"), connection.Number("SELECT count(*) FROM fonte_dead"), Of("received"), Of("sent"));

        Dictionary<string, long> Of(string way)
        {
            using var command = connection.Command("SELECT type, count FROM fonte_count WHERE way = @way", ("@way", way));
            using var reader = command.ExecuteReader();
            var counts = new Dictionary<string, long>(StringComparer.Ordinal);
            while (reader.Read()) counts[reader.GetString(0)] = reader.GetInt64(1);
            return counts;
        }
    }

    /// <summary>Keeps an event that could not be handled, once.</summary>
    /// <param name="group">The group that received it.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="envelope">The event.</param>
    public void AddDeadLetter(string group, string reason, ReadOnlyMemory<byte> envelope) => Run((_, transaction) => AddDeadLetter(transaction, group, reason, envelope));

    /// <summary>The same in a transaction with something else.</summary>
    internal int AddDeadLetter(DbTransaction transaction, string group, string reason, ReadOnlyMemory<byte> envelope)
    {
        if (ServiceTransaction.TryRead(envelope) is not { } received)
        {
            // It has no name by which it would be known.
            return IsBuried(transaction, group, envelope) ? 0 : Bury(transaction, group, reason, envelope);
        }
        // Handled by another instance, or given up before: then it stays what it is. And whatever is given up is handled no more.
        if (!Receive(transaction, received)) return 0;
        Count(transaction, "received", received.Type!);
        return Bury(transaction, group, reason, envelope);
    }

    /// <summary>Keeps an event of the service's own that nobody takes.</summary>
    internal int AddRefused(DbTransaction transaction, OutboxEvent refused, string reason) => Bury(transaction, "outbox", reason, refused.Envelope);

    /// <summary>Writes into the inbox that an event is handled; false if it was before.</summary>
    internal bool Receive(DbTransaction transaction, CloudEvent received) => transaction.Run(
        "INSERT OR IGNORE INTO fonte_inbox VALUES (@source, @id, @at)", ("@source", received.Source!.ToString()), ("@id", received.Id!), ("@at", Time.GetUtcNow().ToUnixTimeMilliseconds())) == 1;

    /// <summary>A reason as it is kept and told: what an exception says may hold all that a stranger has sent.</summary>
    internal static string Short(string reason)
    {
        const int longest = 300;
        var text = reason.Length <= longest ? reason : $"{reason[..(char.IsHighSurrogate(reason[longest - 1]) ? longest - 1 : longest)]}…";
        return string.Create(text.Length, text, static (into, from) =>
        {
            for (var i = 0; i < into.Length; i++) into[i] = char.IsControl(from[i]) ? ' ' : from[i];
        });
    }

    private int Bury(DbTransaction transaction, string group, string reason, ReadOnlyMemory<byte> envelope) => transaction.Run(
        "INSERT INTO fonte_dead (at, name, reason, envelope) VALUES (@at, @name, @reason, @envelope)",
        ("@at", Time.GetUtcNow().ToUnixTimeMilliseconds()), ("@name", group), ("@reason", Short(reason)), ("@envelope", envelope.ToArray()));

    private static bool IsBuried(DbTransaction transaction, string group, ReadOnlyMemory<byte> envelope)
    {
        using var command = transaction.Connection!.Command("SELECT count(*) FROM fonte_dead WHERE name = @name AND envelope = @envelope", ("@name", group), ("@envelope", envelope.ToArray()));
        command.Transaction = transaction;
        return command.ExecuteScalar() is > 0L;
    }

    internal static void Count(DbTransaction transaction, string way, string type) =>
        transaction.Run("INSERT INTO fonte_count VALUES (@way, @type, 1) ON CONFLICT DO UPDATE SET count = count + 1", ("@way", way), ("@type", type));

    /// <summary>Runs something in one transaction that no other writer is beside.</summary>
    internal T Run<T>(Func<SqliteConnection, SqliteTransaction, T> run)
    {
        using var connection = Connect();
        using var transaction = connection.BeginTransaction(deferred: false);
        var result = run(connection, transaction);
        transaction.Commit();
        return result;
    }
}

/// <summary>What a service has done.</summary>
/// <param name="Waiting">How many events are to be sent.</param>
/// <param name="Dead">How many could not be handled.</param>
/// <param name="Received">How many of each type have had their effect, or could not be handled.</param>
/// <param name="Sent">How many of each type it has had sent, those that wait included.</param>
public sealed record ServiceCounts(long Waiting, long Dead, IReadOnlyDictionary<string, long> Received, IReadOnlyDictionary<string, long> Sent);

/// <summary>An event that could not be handled.</summary>
/// <param name="At">When it was given up.</param>
/// <param name="Reason">Why.</param>
/// <param name="Envelope">The event.</param>
public sealed record DeadLetter(DateTimeOffset At, string Reason, ReadOnlyMemory<byte> Envelope);
