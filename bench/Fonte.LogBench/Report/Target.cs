using System.Globalization;

namespace Fonte.LogBench;

/// <summary>What a figure must reach and what it should: at least, or at most.</summary>
internal sealed record Target(bool IsMost, double Bar, double? Goal)
{
    public static Target AtLeast(double bar, double? goal = null) => new(false, bar, goal);

    public static Target AtMost(double bar, double? goal = null) => new(true, bar, goal);

    public bool IsMet(double value, double limit) => IsMost ? value <= limit : value >= limit;

    public string Describe(double value)
    {
        var text = $"bar {Sign}{Format.Number(Bar)} {Verdict(value, Bar)}";
        return Goal is { } goal ? $"{text}, goal {Sign}{Format.Number(goal)} {Verdict(value, goal)}" : text;
    }

    private string Sign => IsMost ? "≤ " : "≥ ";

    private string Verdict(double value, double limit) => IsMet(value, limit) ? "met" : "MISSED";
}

/// <summary>Numbers as people read them.</summary>
internal static class Format
{
    public static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "N0" : Math.Abs(value) >= 10 ? "N1" : "N2", CultureInfo.InvariantCulture);
}
