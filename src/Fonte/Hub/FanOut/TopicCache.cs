namespace Fonte;

/// <summary>Topics with the patterns that match them: the ones of late, bounded by bytes.</summary>
/// <remarks>Two generations instead of a list in the order of use: what is not asked for while one fills is dropped with the other.</remarks>
internal sealed class TopicCache(long maxBytes)
{
    private Dictionary<string, Entry> _young = new(StringComparer.Ordinal);
    private Dictionary<string, Entry> _old = new(StringComparer.Ordinal);
    private long _youngBytes;

    internal Entry? Find(string topic)
    {
        if (_young.TryGetValue(topic, out var entry)) return entry;
        if (!_old.Remove(topic, out entry)) return null;
        Set(topic, entry);
        return entry;
    }

    internal void Set(string topic, Entry entry)
    {
        _old.Remove(topic);
        if (_young.TryGetValue(topic, out var before)) _youngBytes -= before.BytesWith(topic);
        _young[topic] = entry;
        _youngBytes += entry.BytesWith(topic);
        if (_youngBytes <= maxBytes / 2) return;
        (_old, _young, _youngBytes) = (_young, new(StringComparer.Ordinal), 0);
    }

    internal void Clear()
    {
        (_young, _old, _youngBytes) = (new(StringComparer.Ordinal), new(StringComparer.Ordinal), 0);
    }

    /// <summary>The patterns that match a topic.</summary>
    /// <param name="Routes">Their subscribers; some may have none left.</param>
    /// <param name="Version">How many patterns had been added by then.</param>
    internal sealed record Entry(PatternRoute[] Routes, long Version)
    {
        // An estimate: the heads of the string and the array (46), this (32), and a place in the dictionary (about 80).
        internal long BytesWith(string topic) => 160 + (2L * topic.Length) + (8L * Routes.Length);
    }
}
