namespace Fonte;

/// <summary>What an import accepts.</summary>
public sealed class LogImportOptions : LogToolOptions
{
    /// <summary>How large an event may be.</summary>
    /// <value>The usual limits, but 10,000 topics, so that the events of a hub with other limits come through.</value>
    public EventLimits Limits { get; init; } = new() { MaxTopics = 10_000 };

    /// <summary>How long the input is, in bytes, for <see cref="LogToolOptions.Progress"/>; 0 when that is not known.</summary>
    /// <value>0</value>
    public long InputBytes { get; init; }
}
