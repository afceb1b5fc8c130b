using System.Collections.Concurrent;

namespace Fonte;

/// <summary>What is wrong with the hub now, by part. Thread-safe.</summary>
internal sealed class HubHealth
{
    private readonly ConcurrentDictionary<string, string> _faults = new();

    /// <summary>A sentence for each part that is not well; empty while all are.</summary>
    internal IReadOnlyCollection<string> Faults => [.. _faults.Values];

    internal void Fault(string part, string sentence) => _faults[part] = sentence;

    internal void Well(string part)
    {
        if (!_faults.IsEmpty) _faults.TryRemove(part, out _);
    }
}
