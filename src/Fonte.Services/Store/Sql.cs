using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Fonte.Services;

/// <summary>Statements in one line.</summary>
internal static class Sql
{
    [SuppressMessage("Security", "CA2100", Justification = "The texts are this library's own; values are parameters.")]
    internal static DbCommand Command(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.Add(new SqliteParameter(name, value));
        return command;
    }

    /// <summary>Runs a statement in a transaction, and returns how many rows it has changed.</summary>
    internal static int Run(this DbTransaction transaction, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = transaction.Connection!.Command(sql, values);
        command.Transaction = transaction;
        return command.ExecuteNonQuery();
    }

    internal static long Number(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql, values);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    internal static string? Text(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteScalar() as string;
    }
}
