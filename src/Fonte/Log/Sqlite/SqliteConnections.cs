using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>Opens connections to a log's database, each with the settings of its use.</summary>
internal static class SqliteConnections
{
    internal static SqliteConnection Open(string file, SqliteOpenMode mode, string settings = "")
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            // A pooled connection would outlive the log and hold its file open.
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            if (SQLitePCL.raw.GetNativeLibraryName() != SqliteNative.Library)
                throw new InvalidOperationException($"The log needs SQLitePCLRaw's bundle {SqliteNative.Library}, but the application has set {SQLitePCL.raw.GetNativeLibraryName()}.");
            if (settings.Length > 0) connection.Execute(settings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // every statement is a constant of ours
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    internal static long Scalar(this SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        return statement.Step() ? statement.Integer(0) : throw new InvalidOperationException("The query returned no row.");
    }
}
