namespace Fonte;

/// <summary>The index beside the log: derived from it, off the path of appends, made again when it is missing or does not fit.</summary>
/// <remarks>
/// <code>
/// offsets   0 ─────── 32,768 ─────── 65,536 ─────── 98,304 ──▶ next
///           │ block 0 │   block 1    │   block 2    │  block 3
///           └───── sealed: in the file ─────────────┴─ open: in memory
///
/// block     the sealed blocks
/// topic     for each sealed block and topic in it: the places of its events
/// own_id    for each sealed block: the hashes of publishers' own IDs
/// latest    for topics of which only the last events are kept: where those are
/// state     one row: whose log it is, and how far the tables reach
/// </code>
/// The keys begin with the block, so that sealing one only adds at the end of each table: with a key over (topic, offset) appends were measured at a quarter.
/// </remarks>
internal static class TopicIndexSchema
{
    internal const string FileName = "fonte-index.db";
    internal const int Version = 1;

    /// <summary>"Fnti", in the header of the file.</summary>
    internal const int ApplicationId = 0x466E7469;

    internal const string Tables = """
        CREATE TABLE block (
            block INTEGER PRIMARY KEY
        ) STRICT;
        CREATE TABLE topic (
            block    INTEGER NOT NULL,
            topic    TEXT    NOT NULL,
            places   BLOB    NOT NULL,
            PRIMARY KEY (block, topic)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE own_id (
            block   INTEGER NOT NULL,
            id_hash INTEGER NOT NULL,
            offset  INTEGER NOT NULL,
            PRIMARY KEY (block, id_hash, offset)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE latest (
            topic   TEXT PRIMARY KEY,
            offsets BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE state (
            only         INTEGER PRIMARY KEY CHECK (only = 1),
            epoch        TEXT    NOT NULL,
            first_offset INTEGER NOT NULL,
            sealed_to    INTEGER NOT NULL,
            latest_to    INTEGER NOT NULL,
            latest_rules TEXT    NOT NULL
        ) STRICT;
        """;
}
