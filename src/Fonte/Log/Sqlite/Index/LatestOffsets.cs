using System.Buffers.Binary;

namespace Fonte;

/// <summary>For each topic of which only the last events are kept: their offsets, rising. Read from the index when needed, and saved together.</summary>
internal sealed class LatestOffsets
{
    private readonly TopicIndex _index;
    private readonly Dictionary<string, Queue<long>> _changed = [];

    /// <summary>Goes on where the index left off; from the beginning if the rules are others than then.</summary>
    internal LatestOffsets(TopicIndex index, string rules)
    {
        _index = index;
        using (var state = new SqliteStatement(index.Connection, "SELECT latest_to FROM state WHERE latest_rules = ?1"))
        {
            state.BindText(1, rules);
            if (state.Step())
            {
                ReadTo = state.Integer(0);
                return;
            }
        }
        using var reset = new SqliteStatement(index.Connection, "UPDATE state SET latest_to = 0, latest_rules = ?1");
        reset.BindText(1, rules);
        index.Connection.Execute("DELETE FROM latest");
        reset.Run();
    }

    /// <summary>All events below this offset are taken into account.</summary>
    internal long ReadTo { get; }

    /// <summary>Adds the newest offset of a topic; returns those that are no longer among the last.</summary>
    internal List<long> Add(string topic, long offset, int kept)
    {
        if (!_changed.TryGetValue(topic, out var latest)) _changed.Add(topic, latest = Load(topic));
        latest.Enqueue(offset);
        var superseded = new List<long>();
        while (latest.Count > kept) superseded.Add(latest.Dequeue());
        return superseded;
    }

    /// <summary>Keeps what was added, and that all below this offset is taken into account.</summary>
    internal void Save(long readTo)
    {
        using var transaction = _index.Connection.BeginTransaction();
        using (var save = new SqliteStatement(_index.Connection, "INSERT OR REPLACE INTO latest VALUES (?1, ?2)"))
        {
            foreach (var (topic, latest) in _changed)
            {
                var bytes = new byte[latest.Count * sizeof(long)];
                var place = 0;
                foreach (var offset in latest) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long) * place++), offset);
                save.BindText(1, topic);
                save.BindBlob(2, bytes);
                save.Run();
            }
        }
        _index.Connection.Execute($"UPDATE state SET latest_to = {readTo}");
        transaction.Commit();
        _changed.Clear();
    }

    private Queue<long> Load(string topic)
    {
        var latest = new Queue<long>();
        using var load = new SqliteStatement(_index.Connection, "SELECT offsets FROM latest WHERE topic = ?1");
        load.BindText(1, topic);
        if (!load.Step()) return latest;
        for (var rest = load.Bytes(0); rest.Length >= sizeof(long); rest = rest[sizeof(long)..]) latest.Enqueue(BinaryPrimitives.ReadInt64LittleEndian(rest));
        return latest;
    }
}
