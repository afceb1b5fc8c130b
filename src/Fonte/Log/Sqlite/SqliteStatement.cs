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
    private nint _pointer;
    private ulong _bound;

    internal SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _pointer = _statement.DangerousGetHandle();
    }

    internal void Bind(int index, long value) => Bound(index, SqliteNative.BindInteger(_pointer, index, value));

    // A null pointer, which an empty span may have, would bind null.
    internal void BindText(int index, ReadOnlySpan<byte> utf8) =>
        Bound(index, SqliteNative.BindText(_pointer, index, utf8.IsEmpty ? " "u8 : utf8, utf8.Length, SqliteNative.Copied));

    internal void BindText(int index, string text)
    {
        const int OnStack = 256;
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> buffer = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        BindText(index, buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
    }

    internal void BindBlob(int index, ReadOnlySpan<byte> value) => Bound(index, value.IsEmpty
        ? SqliteNative.BindZeroes(_pointer, index, 0)
        : SqliteNative.BindBlob(_pointer, index, value, value.Length, SqliteNative.Copied));

    // Most columns of most events are null and stay so.
    internal void BindNull(int index)
    {
        if ((_bound & (1UL << index)) == 0) return;
        Check(SqliteNative.BindNull(_pointer, index));
        _bound &= ~(1UL << index);
    }

    /// <summary>Goes to the next row; false at the end.</summary>
    internal bool Step()
    {
        var code = SqliteNative.Step(_pointer);
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
    internal void Reset() => _ = SqliteNative.Reset(_pointer);

    internal bool IsNull(int column) => SqliteNative.ColumnType(_pointer, column) == raw.SQLITE_NULL;

    internal long Integer(int column) => SqliteNative.Integer(_pointer, column);

    /// <summary>The bytes of a text or a blob, valid until the next step.</summary>
    internal unsafe ReadOnlySpan<byte> Bytes(int column)
    {
        // In this order (c3ref/column_blob): the length is that of what was last asked for.
        var bytes = SqliteNative.Blob(_pointer, column);
        return new((void*)bytes, SqliteNative.Length(_pointer, column));
    }

    internal string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    internal string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public void Dispose()
    {
        // SQLite answers "misuse" to a null pointer, and crashes on one that is gone.
        _pointer = 0;
        _statement.Dispose();
    }

    private void Bound(int index, int code)
    {
        Check(code);
        _bound |= 1UL << index;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw Error(code);
    }

    private SqliteException Error(int code) =>
        new(raw.sqlite3_errmsg(_database).utf8_to_string(), code, raw.sqlite3_extended_errcode(_database));
}
