using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Tests.Log;

/// <summary>Logs of older versions are taken over at the start, whole.</summary>
public sealed class SqliteMigrationTests : IDisposable
{
    // The schema of version 1 as it was released.
    private const string Version1 = """
        PRAGMA page_size = 4096;
        PRAGMA auto_vacuum = INCREMENTAL;
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
        CREATE INDEX event_by_id ON event (id_hash) WHERE id_hash IS NOT NULL;
        CREATE TABLE epoch (number INTEGER PRIMARY KEY, epoch TEXT NOT NULL UNIQUE, first_offset INTEGER NOT NULL, time INTEGER NOT NULL) STRICT;
        CREATE TABLE state (only INTEGER PRIMARY KEY CHECK (only = 1), next_offset INTEGER NOT NULL, boot TEXT NOT NULL, relaxed INTEGER NOT NULL) STRICT;
        CREATE TABLE truncated (topic TEXT PRIMARY KEY, truncated_to INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO epoch VALUES (1, 'abcdefghijkl', 1, 0);
        INSERT INTO state VALUES (1, 1, '', 0);
        PRAGMA application_id = 1181643877;
        PRAGMA user_version = 1;
        PRAGMA journal_mode = WAL;
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Log_of_version_1_is_migrated_with_its_events_its_ids_and_its_identity()
    {
        Make();
        await using var log = Open();
        Assert.Equal("abcdefghijkl", log.Identity.Epoch);
        Assert.Equal([1, 2, 3], log.Read(1, 10, long.MaxValue).Events.Select(logged => logged.Offset));
        Assert.Equal((2, 4), (log.FindEventId("mine"), log.NextOffset));
        var keyed = new PublishRequest { Events = [EventDraft.Create("a", "x")], IdempotencyKey = new("k") };
        Assert.Equal(AppendOutcome.Appended, (await log.AppendAsync(keyed, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(AppendOutcome.AlreadyAppended, (await log.AppendAsync(keyed, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(SqliteLogSchema.Version, Scalar("PRAGMA user_version"));
        Assert.Equal(SchemaOfNewLog(), Schema(_folder.File("fonte.db")));
    }

    [Fact]
    public void Migration_that_cannot_be_finished_leaves_the_old_version()
    {
        Make();
        Execute("CREATE TABLE erasure (in_the_way)");
        var exception = Assert.Throws<LogUnavailableException>(Open);
        Assert.Contains(_folder.File("fonte.db"), exception.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (Scalar("PRAGMA user_version"), Scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'event_by_id'")));
    }

    private void Make()
    {
        Execute(Version1);
        using var connection = SqliteConnections.Open(_folder.File("fonte.db"), SqliteOpenMode.ReadWrite);
        using var insert = new SqliteStatement(connection, SqliteLogSchema.Insert);
        for (var offset = 1; offset <= 3; offset++)
        {
            var draft = new EventDraft { Topics = ["a"], Data = default, Id = offset == 2 ? "mine" : null };
            EventRow.Bind(insert, draft.At(offset, TimeProvider.System.GetUnixMicroseconds(), draft.Id is null ? null : EventRow.HashOf(draft.Id)), seal: null);
            insert.Run();
        }
    }

    private SqliteEventLog Open() => SqliteEventLog.Open(new() { Directory = _folder.Path, BallastBytes = 0 }, NullLogger<SqliteEventLog>.Instance);

    private static List<string> SchemaOfNewLog()
    {
        using var folder = new TemporaryFolder();
        SqliteLogFile.Open(folder.Path, TimeProvider.System).Dispose();
        return Schema(folder.File("fonte.db"));
    }

    // As a list of columns and indexes, without the white space in which versions may differ.
    private static List<string> Schema(string file)
    {
        using var connection = SqliteConnections.Open(file, SqliteOpenMode.ReadOnly);
        using var statement = new SqliteStatement(connection, """
            SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c WHERE t.name NOT LIKE 'sqlite%'
            UNION ALL SELECT name || coalesce(sql, '') FROM sqlite_schema WHERE type = 'index' ORDER BY 1
            """);
        var schema = new List<string>();
        while (statement.Step()) schema.Add(statement.Text(0));
        return schema;
    }

    private void Execute(string sql)
    {
        using var connection = SqliteConnections.Open(_folder.File("fonte.db"), SqliteOpenMode.ReadWriteCreate);
        connection.Execute(sql);
    }

    private long Scalar(string sql)
    {
        using var connection = SqliteConnections.Open(_folder.File("fonte.db"), SqliteOpenMode.ReadOnly);
        return connection.Scalar(sql);
    }
}
