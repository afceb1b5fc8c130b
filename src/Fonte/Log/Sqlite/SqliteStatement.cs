using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fonte;

/// <summary>One prepared statement, bound and read through spans: ADO.NET would box and copy each value of each event.</summary>
/// <remarks>Not thread-safe; belongs to whoever owns the connection.</remarks>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    internal SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    internal void Bind(int index, long value) => Check(raw.sqlite3_bind_int64(_statement, index, value));

    internal void BindText(int index, ReadOnlySpan<byte> utf8) => Check(raw.sqlite3_bind_text(_statement, index, utf8));

    internal void BindText(int index, string text) => BindText(index, Encoding.UTF8.GetBytes(text));

    internal void BindNull(int index) => Check(raw.sqlite3_bind_null(_statement, index));

    internal void BindBlob(int index, ReadOnlySpan<byte> value) =>
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, value));

    /// <summary>Goes to the next row; false at the end.</summary>
    internal bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE) return false;
        throw Error(code);
    }

    /// <summary>Runs the statement to its end and makes it ready for the next values.</summary>
    internal void Run()
    {
        try
        {
            while (Step()) { }
        }
        finally
        {
            Reset();
        }
    }

    // The code that reset returns repeats the failure of the last step, which was thrown there.
    internal void Reset() => _ = raw.sqlite3_reset(_statement);

    internal bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    internal long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    internal ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    internal string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    internal string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw Error(code);
    }

    private SqliteException Error(int code) =>
        new(raw.sqlite3_errmsg(_database).utf8_to_string(), code, raw.sqlite3_extended_errcode(_database));
}
