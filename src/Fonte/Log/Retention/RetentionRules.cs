namespace Fonte;

/// <summary>The rules of retention, ready to be asked. Immutable.</summary>
internal sealed class RetentionRules
{
    /// <summary>Stands for all topics that have no rule of their own.</summary>
    internal const string Rest = "";

    private readonly TopicRetention[] _topics;

    internal RetentionRules(RetentionOptions options)
    {
        Options = options;
        _topics = [.. options.Topics];
        HasAges = _topics.Any(topic => topic.MaxAge is not null);
        HasKeepLast = _topics.Any(topic => topic.KeepLast > 0);
        AgesText = string.Join('\n', _topics.Select(topic => $"{topic.Pattern}\n{(topic.MaxAge is null ? 0 : 1)}"));
        KeepLastText = string.Join('\n', _topics.Select(topic => $"{topic.Pattern}\n{topic.KeepLast}"));
    }

    internal RetentionOptions Options { get; }

    /// <summary>Whether topics differ in how long they are kept.</summary>
    internal bool HasAges { get; }

    internal bool HasKeepLast { get; }

    /// <summary>Equal as long as each topic is under the same pattern's age.</summary>
    internal string AgesText { get; }

    /// <summary>Equal as long as the rules of keep-last are.</summary>
    internal string KeepLastText { get; }

    /// <summary>Each pattern with an age of its own, and <see cref="Rest"/>; with how long its events are kept, zero for no limit.</summary>
    internal IEnumerable<(string Pattern, TimeSpan MaxAge)> Ages =>
        [.. _topics.Where(topic => topic.MaxAge is not null).Select(topic => (topic.Pattern, topic.MaxAge!.Value)), (Rest, Options.MaxAge)];

    /// <summary>The pattern by whose age an event goes; its canonical topic decides.</summary>
    internal string AgePatternOf(string canonicalTopic) =>
        RuleOf(canonicalTopic) is { MaxAge: not null } rule ? rule.Pattern : Rest;

    /// <summary>How many of the latest events of this canonical topic are kept; 0 for all.</summary>
    internal int KeepLastOf(string canonicalTopic) => RuleOf(canonicalTopic)?.KeepLast ?? 0;

    private TopicRetention? RuleOf(string topic)
    {
        foreach (var rule in _topics)
        {
            if (Selects(rule.Pattern, topic)) return rule;
        }
        return null;
    }

    private static bool Selects(string pattern, string topic) =>
        pattern.EndsWith('*') ? topic.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : topic == pattern;
}
