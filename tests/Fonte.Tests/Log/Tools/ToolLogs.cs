using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Tests.Log.Tools;

/// <summary>Logs for the tools to work on.</summary>
internal static class ToolLogs
{
    internal static SqliteEventLog Open(string directory) => SqliteEventLog.Open(
        new() { Directory = directory, Retention = new() { MaxAge = TimeSpan.Zero, MaxBytes = 0 }, BallastBytes = 0 }, NullLogger<SqliteEventLog>.Instance);

    internal static async Task MakeAsync(string directory, int events, int seed = 1)
    {
        await using var log = Open(directory);
        await AppendAsync(log, events, seed);
    }

    /// <summary>Events with everything that an event can have, each third under an idempotency key.</summary>
    internal static async Task AppendAsync(SqliteEventLog log, int events, int seed = 1)
    {
        var random = new Random(seed);
        var waiting = new List<Task<AppendResult>>();
        for (var n = 0; n < events; n++)
        {
            var draft = new EventDraft
            {
                Topics = n % 5 == 0 ? [$"topic/{n % 7}", "alternate é"] : [$"topic/{n % 7}"],
                Data = Encoding.UTF8.GetBytes($"{n} \r\n\t\"\\ é \U0001F40C \u0000 {new string((char)('a' + n % 26), random.Next(n % 50 == 0 ? 20_000 : 200))}"),
                Id = n % 4 == 0 ? $"own-{n}" : null,
                Type = n % 3 == 0 ? "update" : null,
                RetryMilliseconds = n % 6 == 0 ? n : null,
                Private = n % 2 == 0,
            };
            var key = n % 3 == 0 ? new IdempotencyKey($"key {seed} {n}", "scope") : null;
            waiting.Add(log.AppendAsync(new PublishRequest { Events = [draft], IdempotencyKey = key }, TestContext.Current.CancellationToken).AsTask());
        }
        Assert.All(await Task.WhenAll(waiting), result => Assert.Equal(AppendOutcome.Appended, result.Outcome));
    }

    /// <summary>Every event, as a text of all that it has.</summary>
    internal static List<string> Events(string directory)
    {
        using var source = LogSource.Open(directory);
        var events = new List<string>();
        var rows = new List<LogRow>();
        using var reader = new LogRows(source, 0, SqliteLogState.NextOffsetOf(source.Connection));
        while (reader.Read(rows))
        {
            foreach (var row in rows) events.Add(row.Damage?.Sentence ?? Text(row));
        }
        return events;
    }

    internal static void Execute(string directory, string sql)
    {
        using var connection = SqliteConnections.Open(Path.Combine(directory, "fonte.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite);
        connection.Execute(sql);
    }

    internal static long Scalar(string directory, string sql)
    {
        using var connection = SqliteConnections.Open(Path.Combine(directory, "fonte.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadOnly);
        return connection.Scalar(sql);
    }

    internal static (LogVerification Result, List<LogDamage> Damages) Verify(string directory)
    {
        var damages = new List<LogDamage>();
        var result = LogVerifier.Verify(directory, new() { Damaged = damages.Add }, TestContext.Current.CancellationToken);
        Assert.Equal(damages.Count, result.Damages);
        return (result, damages);
    }

    /// <summary>What a log says of itself.</summary>
    internal static string Self(string directory)
    {
        using var source = LogSource.Open(directory);
        var marks = LogMarks.Read(source);
        return $"{string.Join(',', SqliteLogState.Lineage(source.Connection))} {SqliteLogState.LastBoot(source.Connection)} {source.Connection.Scalar("SELECT next_offset * 2 + relaxed FROM state")} {string.Join(',', marks.Topics)} {string.Join(',', marks.Rules)}";
    }

    /// <summary>The pages in which tables and their indexes begin.</summary>
    internal static List<int> Pages(string directory, params string[] tables)
    {
        using var connection = SqliteConnections.Open(Path.Combine(directory, "fonte.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadOnly);
        var pages = new List<int>();
        foreach (var table in tables)
        {
            using var statement = new SqliteStatement(connection, $"SELECT rootpage FROM sqlite_schema WHERE tbl_name = '{table}'");
            while (statement.Step()) pages.Add((int)statement.Integer(0));
        }
        return pages;
    }

    private static string Text(LogRow row)
    {
        var logged = row.Event!;
        return $"{row.Offset}|{logged.TimeMicroseconds}|{string.Join('+', logged.Topics)}|{logged.Id}|{logged.Type}|{logged.RetryMilliseconds}|{logged.Private}|{Encoding.UTF8.GetString(logged.Data.Span)}|{Convert.ToHexString(row.Seal ?? [])}";
    }
}
