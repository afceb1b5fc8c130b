using System.Runtime.InteropServices;

namespace Fonte;

/// <summary>The functions of SQLite that are called for each event, by the pointer of the statement.</summary>
/// <remarks>
/// Everything else goes through SQLitePCLRaw, whose reference count on each statement, taken and given back by every call, was 13 % of the
/// writer's time. Those that touch no file and end within nanoseconds do without the runtime's own transition too.
/// </remarks>
internal static partial class SqliteNative
{
    /// <summary>The library that the pointers come from, which must be SQLitePCLRaw's too.</summary>
    internal const string Library = "e_sqlite3";

    /// <summary>SQLITE_TRANSIENT: SQLite takes a copy before the call returns.</summary>
    internal const nint Copied = -1;

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    internal static partial int BindInteger(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    internal static partial int BindNull(nint statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_zeroblob")]
    internal static partial int BindZeroes(nint statement, int index, int length);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    internal static partial int BindText(nint statement, int index, ReadOnlySpan<byte> utf8, int length, nint ownership);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    internal static partial int BindBlob(nint statement, int index, ReadOnlySpan<byte> value, int length, nint ownership);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    internal static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    internal static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    internal static partial int ColumnType(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    internal static partial long Integer(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob"), SuppressGCTransition]
    internal static partial nint Blob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes"), SuppressGCTransition]
    internal static partial int Length(nint statement, int column);
}
