using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace Fonte.RabbitMQ;

/// <summary>A record's headers as a message of AMQP 0.9.1 has them, and back.</summary>
internal static class RabbitMqHeaders
{
    /// <summary>Where the stream tells a record's place.</summary>
    internal const string Offset = "x-stream-offset";

    // A short string of AMQP (specification 0.9.1, section 4.2.5.3).
    private const int LongestRoutingKey = 255;

    // A stream keeps no arrays in headers (it keeps messages as AMQP 1.0 has them, section 3.2.5 of that), so that topics after the first are topic-2, topic-3 and so on.
    private const string FurtherTopic = SharedRecordNames.Topic + "-";

    // The client's and the broker's own.
    private const string OthersPrefix = "x-";

    /// <summary>The message's properties: each header as a long string.</summary>
    internal static BasicProperties Write(SharedRecord record)
    {
        var table = new Dictionary<string, object?>(record.Headers.Count);
        var topics = 0;
        foreach (var (name, value) in record.Headers)
        {
            var written = name == SharedRecordNames.Topic && ++topics > 1 ? string.Create(CultureInfo.InvariantCulture, $"{FurtherTopic}{topics}") : name;
            table.Add(written, value.ToArray());
        }
        return new() { Persistent = true, Headers = table };
    }

    /// <summary>The first topic, so that others may bind queues of theirs to the exchange; empty for one that is too long.</summary>
    internal static string RoutingKey(SharedRecord record)
    {
        foreach (var header in record.Headers)
        {
            if (header.Key == SharedRecordNames.Topic) return header.Value.Length <= LongestRoutingKey ? Encoding.UTF8.GetString(header.Value.Span) : "";
        }
        return "";
    }

    /// <summary>The headers of a message, also of one that another program has published in the natural way: topic in the routing key, ID and type among the properties.</summary>
    internal static List<KeyValuePair<string, ReadOnlyMemory<byte>>> Read(IReadOnlyBasicProperties properties, string routingKey)
    {
        var headers = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        var table = properties.Headers ?? new Dictionary<string, object?>();
        foreach (var (name, value) in table)
        {
            if (!name.StartsWith(OthersPrefix, StringComparison.Ordinal) && !name.StartsWith(FurtherTopic, StringComparison.Ordinal)) Add(headers, name, value);
        }
        for (var number = 2; table.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"{FurtherTopic}{number}"), out var topic); number++) Add(headers, SharedRecordNames.Topic, topic);
        AddIfMissing(headers, SharedRecordNames.Topic, routingKey);
        if (properties.IsMessageIdPresent()) AddIfMissing(headers, SharedRecordNames.Id, properties.MessageId);
        if (properties.IsTypePresent()) AddIfMissing(headers, SharedRecordNames.Type, properties.Type);
        return headers;
    }

    private static void AddIfMissing(List<KeyValuePair<string, ReadOnlyMemory<byte>>> headers, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value) && !headers.Any(header => header.Key == name)) headers.Add(new(name, Encoding.UTF8.GetBytes(value)));
    }

    // What is no text or number has no meaning here, and is passed over.
    private static void Add(List<KeyValuePair<string, ReadOnlyMemory<byte>>> headers, string name, object? value)
    {
        ReadOnlyMemory<byte>? bytes = value switch
        {
            byte[] text => text,
            string text => Encoding.UTF8.GetBytes(text),
            bool yes => yes ? "true"u8.ToArray() : "false"u8.ToArray(),
            IFormattable number and (sbyte or byte or short or ushort or int or uint or long) => Encoding.ASCII.GetBytes(number.ToString(null, CultureInfo.InvariantCulture)),
            _ => null,
        };
        if (bytes is { } found) headers.Add(new(name, found));
    }
}
