using System.Diagnostics;
using System.Globalization;

namespace Fonte.Durability;

/// <summary>A whole check: its runs one after the other, and what came of them.</summary>
internal sealed class Checker
{
    private readonly CheckerOptions _options;
    private readonly TextWriter _output;
    private readonly string _folder;
    private readonly Dictionary<FaultKinds, int> _faults = [];
    private readonly Dictionary<ViolationKind, long> _violations = [];
    private long _acknowledged;
    private long _delivered;
    private long _gaps;
    private int _runs;

    public Checker(CheckerOptions options, TextWriter output)
    {
        (_options, _output) = (options, output);
        _folder = options.Folder is { } folder
            ? Path.GetFullPath(folder)
            : Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"fonte-durability-{Environment.ProcessId}"));
        if (Directory.Exists(_folder) && Directory.EnumerateFileSystemEntries(_folder).Any())
            throw new CheckerException($"The run folder {_folder} is not empty.");
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Runs until the time or the plan is over, or a run has violations.</summary>
    /// <returns>Whether there was none.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        // Each kind of run at least once.
        var least = RunPlan.KindsOf(_options.Faults).Length;
        foreach (var settings in RunPlan.Of(_options))
        {
            if (_options.Kills is null && settings.Number > least && clock.Elapsed >= _options.Time)
                break;
            await RunAsync(settings, cancellationToken);
            if (_violations.Count > 0)
                break;
        }

        await SummariseAsync();
        if (_options.Folder is null && (_violations.Count == 0 || _options.IsSabotaged))
            Directory.Delete(_folder, recursive: true);
        return _violations.Count == 0;
    }

    private async Task RunAsync(RunSettings settings, CancellationToken cancellationToken)
    {
        // A folder each; after a violation it is kept, for it is the evidence.
        var folder = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"run-{settings.Number:D4}"));
        RunResult result;
        await using (var run = new CheckRun(_options, settings, folder, _output))
            result = await run.RunAsync(cancellationToken);
        _runs++;
        _acknowledged += result.Proof.Acknowledged;
        _delivered += result.Proof.Delivered;
        _gaps += result.Proof.GapsTold;
        foreach (var (fault, count) in result.Faults)
            _faults[fault] = _faults.GetValueOrDefault(fault) + count;
        foreach (var violation in result.Violations)
            _violations[violation.Kind] = _violations.GetValueOrDefault(violation.Kind) + 1;
        foreach (var (kind, count) in result.Proof.Counts)
            _violations[kind] = _violations.GetValueOrDefault(kind) + count;
        foreach (var violation in result.Violations.Concat(result.Proof.Violations))
            await _output.WriteLineAsync(violation.Sentence);
        if (_violations.Count == 0)
            Directory.Delete(folder, recursive: true);
    }

    private async Task SummariseAsync()
    {
        var kinds = string.Join(", ", _violations.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value}")));
        var verdict = _violations.Count == 0 ? "passed" : $"failed ({kinds})";
        var faults = string.Concat(_faults.OrderBy(fault => fault.Key).Select(fault => string.Create(CultureInfo.InvariantCulture, $"{fault.Key.ToName()}={fault.Value}, ")));
        await _output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"durability: {verdict}, {faults}runs={_runs}, gaps={_gaps}, acknowledged={_acknowledged}, delivered={_delivered}, seed={_options.Seed}"));
        if (_options.IsSabotaged)
            await _output.WriteLineAsync(_violations.Count == 0 ? "The sabotage was not found: the checker is blind." : "The sabotage was found.");
    }
}
