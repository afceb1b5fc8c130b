namespace Fonte;

/// <summary>What the log drops, and when. The oldest goes first; whoever had not seen it is told of the gap.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long events are kept; zero for no limit.</summary>
    /// <value>30 days</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How many offsets the log spans at most; zero for no limit. Events that were dropped one by one count until the log has moved past them.</summary>
    /// <value>0</value>
    public long MaxEvents { get; set; }

    /// <summary>How many bytes the log may take on the disk, beside its write-ahead log and index; zero for no limit.</summary>
    /// <value>17,179,869,184 (16 GiB)</value>
    public long MaxBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>How often the log looks for what is to be dropped.</summary>
    /// <value>10 seconds</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Topics with rules of their own. The first whose pattern selects the topic counts; of an event with several topics the canonical one decides.</summary>
    /// <value>none</value>
    public IList<TopicRetention> Topics { get; init; } = [];
}

/// <summary>The rule of the topics that a pattern selects.</summary>
public sealed class TopicRetention
{
    /// <summary>A topic, or the beginning of topics and <c>*</c>.</summary>
    /// <value>none; it must be given</value>
    public string Pattern { get; set; } = "";

    /// <summary>How long events of these topics are kept, instead of <see cref="RetentionOptions.MaxAge"/>; zero for no limit, <see langword="null"/> for that one.</summary>
    /// <value><see langword="null"/></value>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>How many of the latest events of each topic are kept, 1 to 1,000; zero for no limit.</summary>
    /// <value>0</value>
    public int KeepLast { get; set; }
}
