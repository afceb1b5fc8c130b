namespace Fonte.UrlPatterns;

/// <summary>How a component matched.</summary>
/// <param name="Name">The component's name.</param>
/// <param name="Pattern">Its pattern.</param>
/// <param name="Input">What it was matched with.</param>
/// <param name="Groups">What each group matched, null for one that took no part; null when the component does not match.</param>
internal sealed record ComponentMatch(string Name, string Pattern, string Input, IReadOnlyDictionary<string, string?>? Groups)
{
    internal static ComponentMatch Of(string name, PatternComponent component, string input)
    {
        var groups = component.Match(input) is { } values
            ? component.Names.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal)
            : null;
        return new(name, component.Text, input, groups);
    }
}
