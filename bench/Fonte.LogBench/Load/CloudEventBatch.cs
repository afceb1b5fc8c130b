using System.Net;
using System.Text;
using System.Text.Json;

namespace Fonte.LogBench;

/// <summary>A request of many CloudEvents (CloudEvents 1.0, JSON format, section 4), encoded once; only IDs and topics change.</summary>
internal sealed class CloudEventBatch
{
    private const int IdLength = 20;
    private readonly byte[] _bytes;
    private readonly (int Id, int Topic)[] _places;
    private readonly byte[][] _topics;
    private readonly Random _random;
    private readonly byte[] _connection;
    private long _next;

    /// <param name="endPoint">The server.</param>
    /// <param name="topics">The topics, all of one length, as the events' source.</param>
    /// <param name="events">How many events a request holds.</param>
    /// <param name="connection">Makes the IDs differ from those of other connections.</param>
    public CloudEventBatch(IPEndPoint endPoint, byte[][] topics, int events, int connection)
    {
        (_topics, _random) = (topics, new Random(connection));
        _connection = Encoding.ASCII.GetBytes(connection.ToString("x4", null));
        var body = new StringBuilder("[");
        var places = new List<(int Id, int Topic)>();
        for (var index = 0; index < events; index++)
        {
            body.Append(index == 0 ? "" : ",").Append("{\"specversion\":\"1.0\",\"id\":\"");
            var id = body.Length;
            body.Append('0', IdLength).Append("\",\"source\":\"");
            places.Add((id, body.Length));
            body.Append(Encoding.ASCII.GetString(topics[0])).Append("\",\"type\":\"bench\",\"data\":\"")
                .Append(Encoding.ASCII.GetString(BenchEvents.Data)).Append("\"}");
        }

        body.Append(']');
        var head = $"POST /.well-known/mercure HTTP/1.1\r\nHost: {endPoint}\r\nContent-Type: application/cloudevents-batch+json\r\nContent-Length: {body.Length}\r\n\r\n";
        _bytes = Encoding.ASCII.GetBytes(head + body);
        _places = [.. places.Select(place => (place.Id + head.Length, place.Topic + head.Length))];
        using var check = JsonDocument.Parse(_bytes.AsMemory(head.Length));
    }

    /// <summary>The request with IDs that were never used and random topics.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        foreach (var (id, topic) in _places)
        {
            _connection.CopyTo(_bytes, id);
            (_next++).TryFormat(_bytes.AsSpan(id + 4, 16), out _, "x16");
            _topics[_random.Next(_topics.Length)].CopyTo(_bytes, topic);
        }

        return _bytes;
    }
}
