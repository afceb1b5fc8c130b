namespace Fonte;

/// <summary>The log's format on the disk. What stands here cannot be changed without a migration.</summary>
/// <remarks>
/// <code>
/// folder/fonte.db      this schema, WAL mode          folder/fonte.lock    flock: one server per log
///
/// event      one row per event, appended only; the row's key is the offset
/// epoch      lineage, in the order of number (a clock can go back): the identities this log had, and the first offset of each
/// state      one row: next_offset where the rows no longer tell it, the boot in which the log was last open
/// truncated  topics whose history was cut below an offset (retention per topic, erasure, keep-last)
/// </code>
/// </remarks>
internal static class SqliteLogSchema
{
    internal const string FileName = "fonte.db";
    internal const string LockName = "fonte.lock";
    internal const int Version = 1;

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
    /// publisher's own ID. checksum: CRC-32C over every other column (see <see cref="EventRow"/>), because SQLite has none of its own.
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
        CREATE INDEX event_by_id ON event (id_hash) WHERE id_hash IS NOT NULL;
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
        """;

    internal const string Columns = "offset, time, flags, topics, id, type, retry, data, idempotency_key, checksum";

    internal const string Insert = """
        INSERT INTO event (offset, time, flags, topics, id, id_hash, type, retry, data, idempotency_key, checksum)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """;
}
