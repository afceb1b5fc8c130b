using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Fonte.Kafka;

/// <summary>Records as messages of Kafka, and back. Header for header: a name may come more than once there too.</summary>
internal static class KafkaRecords
{
    /// <summary>Without a key: who compacts the topic by keys would lose events, and the broker refuses such records then.</summary>
    internal static Message<Null, byte[]> Write(SharedRecord record)
    {
        var headers = new Headers();
        foreach (var (name, value) in record.Headers) headers.Add(name, BytesOf(value));
        return new() { Headers = headers, Value = BytesOf(record.Body) };
    }

    /// <summary>Also of one that another program has published in the natural way, whose key is the topic.</summary>
    internal static SharedRecord Read(ConsumeResult<byte[]?, byte[]?> result)
    {
        var headers = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>(result.Message.Headers?.Count ?? 0);
        var hasTopic = false;
        foreach (var header in result.Message.Headers ?? [])
        {
            headers.Add(new(header.Key, header.GetValueBytes()));
            hasTopic |= header.Key == SharedRecordNames.Topic;
        }
        if (!hasTopic && result.Message.Key is { Length: > 0 } key) headers.Add(new(SharedRecordNames.Topic, key));
        return new(result.Offset.Value, headers, result.Message.Value);
    }

    private static byte[] BytesOf(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : memory.ToArray();
}
