using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fonte.LogBench;

/// <summary>A prepared statement of the floor, bound through spans.</summary>
internal sealed class BareStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public BareStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Require(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public void Bind(int index, long value) => Require(raw.sqlite3_bind_int64(_statement, index, value));

    public void BindText(int index, ReadOnlySpan<byte> value) => Require(raw.sqlite3_bind_text(_statement, index, value));

    public void BindBlob(int index, ReadOnlySpan<byte> value) => Require(raw.sqlite3_bind_blob(_statement, index, value));

    public void Run()
    {
        var code = raw.sqlite3_step(_statement);
        _ = raw.sqlite3_reset(_statement);
        if (code != raw.SQLITE_DONE) Require(code);
    }

    public void Dispose() => _statement.Dispose();

    private void Require(int code)
    {
        if (code != raw.SQLITE_OK)
            throw new LogBenchException($"The bare SQLite loop failed: {raw.sqlite3_errmsg(_database).utf8_to_string()}.");
    }
}
