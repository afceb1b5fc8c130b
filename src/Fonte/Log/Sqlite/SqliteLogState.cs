using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>Who the log is and where it ends, read at start; and the new epoch it takes when it may have been rolled back.</summary>
internal sealed record SqliteLogState(LogIdentity Identity, long OldestOffset, long NextOffset, long LastTime)
{
    /// <summary>Below which offset events are missing, by the pattern of the rule under which they went.</summary>
    internal IReadOnlyDictionary<string, long> Retained { get; private init; } = new Dictionary<string, long>();

    /// <summary>What stands for the last record of the log whose replica this is, or <see langword="null"/>.</summary>
    internal byte[]? Fingerprint { get; private init; }

    /// <summary>The highest mark of a single topic; 0 when there is none.</summary>
    internal long HighestTruncated { get; private init; }

    private const string NoBoot = "unknown";

    /// <summary>
    /// Reads the state, and records how the log is open from now on. The connection must be at <c>synchronous=FULL</c>: a mark that a power
    /// cut can take away marks nothing.
    /// </summary>
    internal static SqliteLogState Enter(SqliteConnection connection, SqliteSynchronous synchronous, RetentionRules? rules, long time, bool isReplica = false)
    {
        var boot = CurrentBoot();
        var next = NextOffsetOf(connection);
        // After a power cut the newest commits of a relaxed log may be gone, and their offsets will be given again.
        if (!isReplica && connection.Scalar("SELECT relaxed FROM state") != 0 && (boot == NoBoot || LastBoot(connection) != boot))
            connection.Execute($"INSERT INTO epoch (epoch, first_offset, time) VALUES ('{LogEpoch.Create()}', {next}, {time})");
        connection.Execute($"UPDATE state SET boot = '{boot}', relaxed = {(synchronous == SqliteSynchronous.Full ? 0 : 1)}");
        return new(
            new LogIdentity(Lineage(connection)),
            connection.Scalar($"SELECT coalesce(min(offset), {next}) FROM event"),
            next,
            connection.Scalar("SELECT coalesce((SELECT time FROM event ORDER BY offset DESC LIMIT 1), 0)"))
        {
            Retained = rules is null ? new Dictionary<string, long>() : EnterRules(connection, rules),
            Fingerprint = isReplica ? FingerprintOf(connection) : null,
            HighestTruncated = connection.Scalar("SELECT coalesce(max(truncated_to), 0) FROM truncated"),
        };
    }

    // One row holds the settings, and the marks of former ones: under those any topic may have lost events to any rule.
    private static Dictionary<string, long> EnterRules(SqliteConnection connection, RetentionRules rules)
    {
        var marks = new Dictionary<string, long>();
        var settings = TruncationMarks.FormerRules + rules.AgesText;
        using (var statement = new SqliteStatement(connection, "SELECT pattern, truncated_to FROM retained"))
        {
            while (statement.Step()) marks.Add(statement.Text(0), statement.Integer(1));
        }
        var isSame = marks.Remove(settings, out var former) || marks.Count == 0;
        if (!isSame)
        {
            former = marks.Values.Max();
            marks.Clear();
            connection.Execute("DELETE FROM retained");
        }
        using var save = new SqliteStatement(connection, "INSERT OR REPLACE INTO retained VALUES (?1, ?2)");
        save.BindText(1, settings);
        save.Bind(2, former);
        save.Run();
        if (former > 0) marks.Add(TruncationMarks.FormerRules, former);
        return marks;
    }

    /// <summary>Whether the log keeps another log's records.</summary>
    internal static bool IsReplica(SqliteConnection connection) => connection.Scalar("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'replica'") > 0;

    internal static byte[]? FingerprintOf(SqliteConnection connection)
    {
        using var statement = new SqliteStatement(connection, "SELECT fingerprint FROM replica WHERE fingerprint IS NOT NULL");
        return statement.Step() ? statement.Bytes(0).ToArray() : null;
    }

    // An emptied table would start at 1 again; whoever deletes rows keeps state.next_offset above them.
    internal static long NextOffsetOf(SqliteConnection connection) =>
        connection.Scalar("SELECT max((SELECT next_offset FROM state), (SELECT coalesce(max(offset), 0) + 1 FROM event))");

    /// <summary>Records a clean end: everything is on the disk, so nothing can be rolled back.</summary>
    internal static void Leave(SqliteConnection connection)
    {
        connection.Execute("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);");
        connection.Execute("UPDATE state SET relaxed = 0");
    }

    internal static List<LogEpoch> Lineage(SqliteConnection connection)
    {
        var lineage = new List<LogEpoch>();
        using var statement = new SqliteStatement(connection, "SELECT epoch, first_offset FROM epoch ORDER BY number");
        while (statement.Step()) lineage.Add(new(statement.Text(0), statement.Integer(1)));
        return lineage;
    }

    internal static string LastBoot(SqliteConnection connection)
    {
        using var statement = new SqliteStatement(connection, "SELECT boot FROM state");
        return statement.Step() ? statement.Text(0) : "";
    }

    internal static string CurrentBoot()
    {
        try
        {
            return Guid.TryParse(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), out var boot) ? boot.ToString() : NoBoot;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return NoBoot;
        }
    }
}
