using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Fonte.LogBench;

/// <summary>The floor of the log: a loop on one thread that does nothing but write the same rows in equal batches.</summary>
/// <remarks>
/// The columns of the log's hot table, and no secondary index; WAL, <c>synchronous=FULL</c>, SQLite's own checkpoints. Nothing is encoded,
/// hashed, summed or handed over between threads.
/// </remarks>
internal static class BareSqlite
{
    private const string Settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

    private const string Table = """
        CREATE TABLE event (
            offset          INTEGER PRIMARY KEY,
            time            INTEGER NOT NULL,
            flags           INTEGER NOT NULL,
            topics          TEXT    NOT NULL,
            id              TEXT,
            id_hash         INTEGER,
            type            TEXT,
            retry           INTEGER,
            data            BLOB    NOT NULL,
            idempotency_key BLOB,
            checksum        INTEGER NOT NULL
        ) STRICT;
        """;

    private const string Insert = """
        INSERT INTO event (offset, time, flags, topics, id, id_hash, type, retry, data, idempotency_key, checksum)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """;

    /// <summary>Writes for so long after the warm-up, and returns rows a second.</summary>
    public static double Measure(string folder, byte[][] topics, int batch, TimeSpan warmUp, TimeSpan duration)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "bare.db")};Pooling=False");
        connection.Open();
        Execute(connection, Settings);
        Execute(connection, Table);
        using var begin = new BareStatement(connection, "BEGIN IMMEDIATE");
        using var insert = new BareStatement(connection, Insert);
        using var commit = new BareStatement(connection, "COMMIT");
        var random = new Random(1);
        long offset = 0;
        Write(warmUp);
        var before = offset;
        var begun = Stopwatch.GetTimestamp();
        Write(duration);
        return (offset - before) / Stopwatch.GetElapsedTime(begun).TotalSeconds;

        void Write(TimeSpan time)
        {
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                begin.Run();
                var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000;
                for (var row = 0; row < batch; row++)
                {
                    insert.Bind(1, ++offset);
                    insert.Bind(2, now);
                    insert.Bind(3, 0);
                    insert.BindText(4, topics[random.Next(topics.Length)]);
                    insert.BindBlob(9, BenchEvents.Data);
                    // As large as a real checksum; the other columns stay NULL.
                    insert.Bind(11, 0xC0FFEE00 + (offset & 0xFF));
                    insert.Run();
                }

                commit.Run();
            }
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // every statement is a constant of ours
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
