namespace Fonte.LogBench;

/// <summary>What a row has measured; each figure is printed as soon as it is known.</summary>
internal sealed class RowReport(string row, TextWriter output)
{
    private readonly List<Figure> _figures = [];
    private readonly List<string> _notes = [];

    public string Row { get; } = row;

    public IReadOnlyList<Figure> Figures => _figures;

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Why the row could not be measured, or <see langword="null"/>.</summary>
    public string? Failure { get; private set; }

    public bool MeetsEveryBar => Failure is null && _figures.All(figure => figure.MeetsBar != false);

    public void Add(string name, double value, string unit, Target? target = null)
    {
        _figures.Add(new Figure(name, value, unit, target));
        output.WriteLine($"  {name,-44} {Format.Number(value),12} {unit,-10} {target?.Describe(value)}".TrimEnd());
    }

    /// <summary>Something that a reader of the figures must know.</summary>
    public void Note(string text)
    {
        _notes.Add(text);
        output.WriteLine($"  ({text})");
    }

    public void Fail(string why)
    {
        Failure = why;
        output.WriteLine($"  not measured: {why}");
    }
}
