namespace Fonte;

/// <summary>What an import accepts.</summary>
public sealed class LogImportOptions : LogToolOptions
{
    /// <summary>How large an event may be.</summary>
    /// <value>10,000 topics of 65,536 bytes, IDs and types of as many, and 64 MiB of data, so that the events of a hub with other limits come through.</value>
    public EventLimits Limits { get; init; } = new() { MaxTopics = 10_000, MaxTopicBytes = 65_536, MaxIdBytes = 65_536, MaxTypeBytes = 65_536, MaxDataBytes = 64 * 1024 * 1024 };

    /// <summary>How long the input is, in bytes, for <see cref="LogToolOptions.Progress"/>; 0 when that is not known.</summary>
    /// <value>0</value>
    public long InputBytes { get; init; }
}
