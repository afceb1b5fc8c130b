using Microsoft.Data.Sqlite;

namespace Fonte.LogBench;

/// <summary>How many commits a log was written in: the events of one commit have one commit time.</summary>
internal static class CommitCount
{
    public static long Of(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "fonte.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(DISTINCT time) FROM event";
        return (long)command.ExecuteScalar()!;
    }
}
