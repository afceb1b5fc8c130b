namespace Fonte;

/// <summary>Which events an export holds.</summary>
public sealed class LogExportOptions : LogToolOptions
{
    /// <summary>Only events of one of these topics; none for every topic.</summary>
    /// <value>none</value>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>The first offset.</summary>
    /// <value>1</value>
    public long From { get; init; } = 1;
}
