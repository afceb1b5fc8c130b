namespace Fonte;

/// <summary>How a component of a topic's URL matched.</summary>
/// <param name="Name">The component, such as <c>pathname</c> (WHATWG URL Pattern).</param>
/// <param name="Pattern">The component's pattern in its normal form.</param>
/// <param name="Input">What it was matched with.</param>
/// <param name="Groups">What each group matched by its name, <see langword="null"/> for one that took no part; <see langword="null"/> when the component does not match.</param>
public sealed record TopicComponentMatch(string Name, string Pattern, string Input, IReadOnlyDictionary<string, string?>? Groups);
