namespace Fonte.LogBench;

/// <summary>One row of the table: what it does, and the doing.</summary>
internal interface IRow
{
    string Name { get; }

    string What { get; }

    /// <summary>Measures, and adds the figures to the report. Ends by itself.</summary>
    /// <exception cref="LogBenchException">It cannot be measured.</exception>
    Task MeasureAsync(RowRun run, CancellationToken cancellationToken);
}

/// <summary>What a row is given to work with.</summary>
internal sealed record RowRun(LogBenchOptions Options, RowReport Report)
{
    public void Add(string name, double value, string unit, Target? target = null) => Report.Add(name, value, unit, target);

    public void Note(string text) => Report.Note(text);
}
