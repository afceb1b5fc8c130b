namespace Fonte;

/// <summary>The log's format on the disk. What stands here cannot be changed without a migration.</summary>
/// <remarks>
/// <code>
/// folder/fonte.db          this schema, WAL mode                    folder/fonte.lock       flock: one server per log
/// folder/fonte-index.db    derived, see <see cref="TopicIndexSchema"/>    folder/fonte.ballast    given up when the disk is full
///
/// event      one row per event, appended only; the row's key is the offset
/// epoch      lineage, in the order of number (a clock can go back): the identities this log had, and the first offset of each
/// state      one row: next_offset where the rows no longer tell it, the boot in which the log was last open
/// truncated  topics that lack events below an offset (retention per topic, erasure, keep-last)
/// retained   topics without a row in truncated lack events below an offset, by the rule of retention that they fall under
/// erasure    topics somebody wants to be erased, and how many events that were; any process may ask
/// </code>
/// </remarks>
internal static class SqliteLogSchema
{
    internal const string FileName = "fonte.db";
    internal const string LockName = "fonte.lock";
    internal const int Version = 2;

    /// <summary>"Fnte", in the header of the file at byte 68, so that <c>file</c> and we know whose database it is.</summary>
    internal const int ApplicationId = 0x466E7465;

    internal const int PrivateFlag = 1;

    /// <summary>Statements that only an empty file takes: both settings are fixed by the first table.</summary>
    internal const string Settings = """
        PRAGMA page_size = 4096;
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA encoding = 'UTF-8';
        """;

    /// <summary>
    /// topics: the canonical one first, separated by LF, which no topic can hold. id_hash: the first 64 bits of SHA-256 of a
    /// publisher's own ID. idempotency_key: <see cref="IdempotencyKey.Seal"/>, with the first event of its request. checksum: CRC-32C over every other column (see <see cref="EventRow"/>), because SQLite has none of its own.
    /// </summary>
    internal const string Tables = """
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
        CREATE TABLE epoch (
            number       INTEGER PRIMARY KEY,
            epoch        TEXT    NOT NULL UNIQUE,
            first_offset INTEGER NOT NULL,
            time         INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE state (
            only        INTEGER PRIMARY KEY CHECK (only = 1),
            next_offset INTEGER NOT NULL,
            boot        TEXT    NOT NULL,
            relaxed     INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE truncated (
            topic       TEXT    PRIMARY KEY,
            truncated_to INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        """ + AddedInVersion2;

    // The last four keep the rows a second time, and PRAGMA integrity_check compares: no checksum guards them, and a mark that falls is a silent gap.
    private const string AddedInVersion2 = """
        CREATE INDEX event_by_key ON event (idempotency_key) WHERE idempotency_key IS NOT NULL;
        CREATE TABLE retained (
            pattern      TEXT PRIMARY KEY,
            truncated_to INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE erasure (
            topic  TEXT PRIMARY KEY,
            erased INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX epoch_again ON epoch (number, epoch, first_offset, time);
        CREATE INDEX state_again ON state (only, next_offset, boot, relaxed);
        CREATE INDEX truncated_again ON truncated (truncated_to, topic);
        CREATE INDEX retained_again ON retained (pattern, truncated_to);
        """;

    /// <summary>In the replica of another log only: what stands for the last record that was looked at.</summary>
    internal const string ReplicaTable = """
        CREATE TABLE replica (only INTEGER PRIMARY KEY CHECK (only = 1), fingerprint BLOB) STRICT;
        INSERT INTO replica VALUES (1, NULL);
        """;

    /// <summary>What makes a log of version n one of version n + 1, beginning with version 1.</summary>
    internal static readonly string[] Migrations = ["DROP INDEX event_by_id;\n" + AddedInVersion2];

    internal const string Columns = "offset, time, flags, topics, id, type, retry, data, idempotency_key, checksum";

    internal const string Insert = """
        INSERT INTO event (offset, time, flags, topics, id, id_hash, type, retry, data, idempotency_key, checksum)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """;
}
