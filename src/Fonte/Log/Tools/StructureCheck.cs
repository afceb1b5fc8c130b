using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fonte;

/// <summary>SQLite's own check: every page used once, every tree in order, indexes, types and constraints as the tables say.</summary>
internal static class StructureCheck
{
    private const int MostMessages = 100;

    // It is one transaction, during which a server cannot empty its write-ahead log.
    private static readonly TimeSpan LongestBesideServer = TimeSpan.FromSeconds(10);

    /// <summary>Returns false when it was given up because a server has the log open.</summary>
    internal static bool Run(LogSource source, Action<LogDamage> damaged, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (source.IsOpenElsewhere) limit.CancelAfter(LongestBesideServer);
        try
        {
            using (limit.Token.Register(() => raw.sqlite3_interrupt(source.Connection.Handle)))
            {
                using var statement = new SqliteStatement(source.Connection, $"PRAGMA integrity_check({MostMessages})");
                while (statement.Step())
                {
                    // A message may have several lines, one for each page.
                    foreach (var line in statement.Text(0).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    {
                        if (line != "ok") damaged(new(null, $"The structure of {source.Path} is damaged: {line.TrimEnd('.')}."));
                    }
                }
            }
            return true;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
        catch (SqliteException exception)
        {
            damaged(new(null, $"The structure of {source.Path} cannot be checked: {exception.Message}."));
            return true;
        }
    }
}
