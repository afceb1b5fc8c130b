using System.Net;
using System.Text;

namespace Fonte.LogBench;

/// <summary>A publish request, encoded once; only the topic's digits change.</summary>
internal sealed class FormRequest
{
    private readonly byte[][] _topics;
    private readonly Random _random;
    private readonly int _topicAt;

    public FormRequest(EndPoint endPoint, byte[][] topics, int seed)
    {
        (_topics, _random) = (topics, new Random(seed));
        var form = $"topic={Encoding.ASCII.GetString(topics[0])}&data={Encoding.ASCII.GetString(BenchEvents.Data)}";
        var head = $"POST /.well-known/mercure HTTP/1.1\r\nHost: {endPoint}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n";
        Bytes = Encoding.ASCII.GetBytes(head + form);
        _topicAt = head.Length + "topic=".Length;
    }

    public byte[] Bytes { get; }

    /// <summary>The request for the next random topic.</summary>
    public ReadOnlySpan<byte> Next()
    {
        _topics[_random.Next(_topics.Length)].CopyTo(Bytes.AsSpan(_topicAt));
        return Bytes;
    }
}
