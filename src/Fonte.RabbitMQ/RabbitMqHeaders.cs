using System.Buffers;
using System.Buffers.Text;
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

    // How many bytes of the body are topics after the first, each ended by a line feed, which is in none: all headers must fit into one frame, of 128 KiB (specification, section 4.2.6.1).
    private const string TopicsInBody = "fonte-topics";
    private const int MostTopicBytes = 64 * 1024;
    private const byte TopicEnd = (byte)'\n';

    // The client's and the broker's own.
    private const string OthersPrefix = "x-";

    /// <summary>The message's properties, each header as a long string, and its body.</summary>
    internal static (BasicProperties Properties, ReadOnlyMemory<byte> Body) Write(SharedRecord record)
    {
        var table = new Dictionary<string, object?>(record.Headers.Count);
        var inBody = TopicBytes(record) > MostTopicBytes ? new ArrayBufferWriter<byte>() : null;
        var topics = 0;
        foreach (var (name, value) in record.Headers)
        {
            if (name != SharedRecordNames.Topic || ++topics == 1)
            {
                table.Add(name, value.ToArray());
            }
            else if (inBody is null)
            {
                table.Add(string.Create(CultureInfo.InvariantCulture, $"{FurtherTopic}{topics}"), value.ToArray());
            }
            else
            {
                inBody.Write(value.Span);
                inBody.Write([TopicEnd]);
            }
        }
        var properties = new BasicProperties { Persistent = true, Headers = table };
        if (inBody is null) return (properties, record.Body);
        table.Add(TopicsInBody, Encoding.ASCII.GetBytes(inBody.WrittenCount.ToString(CultureInfo.InvariantCulture)));
        inBody.Write(record.Body.Span);
        return (properties, inBody.WrittenMemory);
    }

    private static int TopicBytes(SharedRecord record)
    {
        var bytes = 0;
        foreach (var header in record.Headers)
        {
            if (header.Key == SharedRecordNames.Topic) bytes += header.Value.Length;
        }
        return bytes;
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

    /// <summary>The record of a message, also of one that another program has published in the natural way: topic in the routing key, ID and type among the properties.</summary>
    internal static SharedRecord Read(long offset, IReadOnlyBasicProperties properties, string routingKey, ReadOnlyMemory<byte> body)
    {
        var headers = Headers(properties, routingKey);
        var place = headers.FindIndex(header => header.Key == TopicsInBody);
        // Any other stays, and is judged with the rest.
        if (place < 0 || !Utf8Parser.TryParse(headers[place].Value.Span, out int length, out _) || length < 1 || length > body.Length || body.Span[length - 1] != TopicEnd) return new(offset, headers, body);
        headers.RemoveAt(place);
        for (var from = 0; from < length;)
        {
            var end = from + body.Span[from..].IndexOf(TopicEnd);
            headers.Add(new(SharedRecordNames.Topic, body[from..end]));
            from = end + 1;
        }
        return new(offset, headers, body[length..]);
    }

    private static List<KeyValuePair<string, ReadOnlyMemory<byte>>> Headers(IReadOnlyBasicProperties properties, string routingKey)
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
