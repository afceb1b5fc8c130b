using System.Collections.Concurrent;

namespace Fonte;

/// <summary>Appends that are on their way to the broker and back. Thread-safe.</summary>
/// <param name="node">The hub's name.</param>
internal sealed class SharedAppends(string node)
{
    private readonly ConcurrentDictionary<string, SharedAppend> _waiting = new(StringComparer.Ordinal);
    private long _number;

    /// <summary>Begins one.</summary>
    internal SharedAppend Begin(int count)
    {
        var append = new SharedAppend($"{node}.{Interlocked.Increment(ref _number)}", count);
        _waiting[append.Name] = append;
        return append;
    }

    internal void End(SharedAppend append) => _waiting.TryRemove(append.Name, out _);

    /// <summary>A record has been read back and is durable here.</summary>
    internal void Applied(string request, AppendResult result)
    {
        var slash = request.LastIndexOf('/');
        if (slash < 0 || !_waiting.TryGetValue(request[..slash], out var append) || !int.TryParse(request.AsSpan(slash + 1), out var index)) return;
        append.Applied(index, result);
    }
}

/// <summary>A request whose events are read back one by one.</summary>
/// <param name="name">Unique among all hubs.</param>
/// <param name="count">How many events it has.</param>
internal sealed class SharedAppend(string name, int count)
{
    private readonly TaskCompletionSource<AppendResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AppendResult?[] _results = new AppendResult?[count];
    private int _left = count;

    internal string Name => name;

    internal Task<AppendResult> Completion => _completion.Task;

    internal string NameOf(int index) => $"{name}/{index}";

    internal void Applied(int index, AppendResult result)
    {
        // A record may be read twice, when the connection breaks between.
        if ((uint)index >= (uint)_results.Length || _results[index] is not null) return;
        _results[index] = result;
        if (Interlocked.Decrement(ref _left) == 0) _completion.SetResult(Together());
    }

    private AppendResult Together()
    {
        var outcomes = _results.Select(result => result!.Value.Outcome).Distinct().ToList();
        var outcome = outcomes.Contains(AppendOutcome.KeyReused) ? AppendOutcome.KeyReused : outcomes is [var only] ? only : AppendOutcome.Appended;
        return outcome == AppendOutcome.KeyReused ? new(outcome) : new(outcome, _results[0]!.Value.Offset) { Offsets = [.. _results.Select(result => result!.Value.Offset)] };
    }
}
