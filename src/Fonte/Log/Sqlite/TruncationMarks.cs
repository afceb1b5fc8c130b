namespace Fonte;

/// <summary>Below which offsets events are missing: of all topics, of those under a rule, and of single topics.</summary>
/// <remarks>
/// Thread-safe. The marks of single topics stay in the database, because there can be a million of them; only those on their way there are held.
/// A mark is raised before the events go. Whoever reads events, and then looks here, and then in the database, finds every mark of what it did not see.
/// </remarks>
internal sealed class TruncationMarks
{
    /// <summary>Stands for all rules of earlier settings: any topic may have been under any of them. No pattern holds a LF.</summary>
    internal const string FormerRules = "\n";

    private readonly Lock _lock = new();
    private readonly RetentionRules _rules;
    private readonly Dictionary<string, long> _byRule;
    private IReadOnlyDictionary<string, long> _onTheirWay = new Dictionary<string, long>();
    private long _version;
    private long _oldest;
    private long _highestOfTopics;

    internal TruncationMarks(RetentionRules rules, SqliteLogState state)
    {
        _rules = rules;
        _byRule = new(state.Retained);
        (_oldest, _highestOfTopics) = (state.OldestOffset, state.HighestTruncated);
    }

    /// <summary>Below it nothing is kept.</summary>
    internal long Oldest => Volatile.Read(ref _oldest);

    /// <summary>Changes whenever events begin to go one by one.</summary>
    internal long Version => Volatile.Read(ref _version);

    /// <summary>Below which offset events under the rule of this pattern are missing.</summary>
    internal long OfRule(string pattern)
    {
        lock (_lock) return _byRule.GetValueOrDefault(pattern);
    }

    /// <summary>Raises what a removal is about to make true.</summary>
    internal void Raise(Removal removal)
    {
        lock (_lock)
        {
            if (removal.Below > _oldest) Volatile.Write(ref _oldest, removal.Below);
            if (removal.Rule is var (pattern, to)) _byRule[pattern] = Math.Max(to, _byRule.GetValueOrDefault(pattern));
            _onTheirWay = removal.Topics;
            if (removal.Offsets.Count > 0) Volatile.Write(ref _version, _version + 1);
            foreach (var mark in removal.Topics.Values) _highestOfTopics = Math.Max(_highestOfTopics, mark);
        }
    }

    /// <summary>Below which offset events of these topics may be missing one by one; 0 when none is.</summary>
    /// <param name="topics">The topics.</param>
    /// <param name="inDatabase">Looks up the mark of a single topic.</param>
    internal long TruncatedTo(TopicSelection topics, Func<string, long> inDatabase)
    {
        var mark = 0L;
        long highestOfTopics;
        lock (_lock)
        {
            highestOfTopics = _highestOfTopics;
            // Which topics a pattern matches is not known here; rather a gap too many is told than one too few.
            if (!topics.IsExact) return Math.Max(highestOfTopics, _byRule.Count == 0 ? 0 : _byRule.Values.Max());
            foreach (var matcher in topics.Matchers)
            {
                mark = Math.Max(mark, OfRulesThatHold(matcher.Pattern));
                mark = Math.Max(mark, _onTheirWay.GetValueOrDefault(matcher.Pattern));
            }
        }
        if (highestOfTopics <= mark) return mark;
        foreach (var matcher in topics.Matchers) mark = Math.Max(mark, inDatabase(matcher.Pattern));
        return mark;
    }

    private long OfRulesThatHold(string topic) =>
        _byRule.Count == 0 ? 0 : Math.Max(_byRule.GetValueOrDefault(_rules.AgePatternOf(topic)), _byRule.GetValueOrDefault(FormerRules));
}
