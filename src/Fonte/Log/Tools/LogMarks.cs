namespace Fonte;

/// <summary>Below which offsets events may be missing: of single topics, by rules of retention, and of every topic.</summary>
/// <remarks>
/// The rows of <c>retained</c> have a meaning only together, with that of the rules that the server had. Alone under the name of former rules a mark
/// holds for every topic.
/// </remarks>
internal sealed class LogMarks
{
    internal Dictionary<string, long> Topics { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, long> Rules { get; } = new(StringComparer.Ordinal);

    /// <summary>The mark of every topic; 0 for none.</summary>
    internal long All { get; private set; }

    internal long Highest => Math.Max(All, Math.Max(Topics.Values.DefaultIfEmpty().Max(), Rules.Values.DefaultIfEmpty().Max()));

    internal static LogMarks Read(LogSource source)
    {
        var marks = new LogMarks();
        Read(source, "truncated", "topic", marks.Topics);
        if (source.HasTable("retained")) Read(source, "retained", "pattern", marks.Rules);
        return marks;
    }

    /// <summary>Marks every topic: below the offset anything may be missing.</summary>
    internal void AddAll(long truncatedTo) => All = Math.Max(All, truncatedTo);

    /// <summary>The offset below which nothing is kept.</summary>
    internal static long OldestOf(LogSource source, long next) => source.Connection.Scalar($"SELECT min(coalesce(min(offset), {next}), {next}) FROM event");

    /// <summary>
    /// The marks of events that were read up to an offset, for a copy of them. Read after the events, so that what went meanwhile is marked: from single
    /// topics by its mark, from the front by that of every topic.
    /// </summary>
    internal static LogMarks ReadAfter(LogSource source, long oldestBefore, long next)
    {
        var read = Read(source);
        var marks = new LogMarks();
        // The server may be past the end of the copy by now.
        foreach (var (topic, truncatedTo) in read.Topics) marks.Topics[topic] = Math.Min(truncatedTo, next);
        foreach (var (rule, truncatedTo) in read.Rules) marks.Rules[rule] = Math.Min(truncatedTo, next);
        if (OldestOf(source, next) is var oldest && oldest > oldestBefore) marks.AddAll(Math.Min(oldest, next));
        return marks;
    }

    /// <summary>What the table <c>retained</c> of a log with these marks holds.</summary>
    internal IEnumerable<KeyValuePair<string, long>> RetainedRows() =>
        All == 0 ? Rules : [new(TruncationMarks.FormerRules, Math.Max(All, Rules.Values.DefaultIfEmpty().Max()))];

    private static void Read(LogSource source, string table, string key, Dictionary<string, long> marks)
    {
        using var statement = new SqliteStatement(source.Connection, $"SELECT {key}, truncated_to FROM {table}");
        while (statement.Step()) marks[statement.Text(0)] = statement.Integer(1);
    }
}
