namespace Fonte.LogBench;

/// <summary>One measured number of a row, and what it must reach if the row is judged by it.</summary>
internal sealed record Figure(string Name, double Value, string Unit, Target? Target)
{
    /// <summary>Whether the bar is met; <see langword="null"/> where there is none.</summary>
    public bool? MeetsBar => Target?.IsMet(Value, Target.Bar);

    public bool? MeetsGoal => Target?.Goal is { } goal ? Target.IsMet(Value, goal) : null;
}
