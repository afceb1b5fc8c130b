namespace Fonte.Samples.Pages;

/// <summary>Where pages may act.</summary>
public sealed class SameOriginOptions
{
    /// <summary>Names of this server, beside <c>localhost</c> and addresses.</summary>
    public IList<string> Hosts { get; init; } = [];
}
