using System.Globalization;
using System.Text;
using Fonte.Bench;

namespace Fonte.Durability.Tests;

public class BenchDecoderTests
{
    private static readonly string Stamped = Text(new Stamp(3, 42, 123456789));

    private static readonly string Events =
        $"retry: 900\nid: urn:fonte:abcdefghij:7\n\n:\nid: urn:fonte:abcdefghij:8\nevent: t\ndata: {Stamped}xxxx\ndata: more\n\n" +
        $"event: fonte-gap\ndata: {{}}\n\nid: 9\r\ndata:{Stamped}\r\n\r\ndata\r\rdatum: x\n\n";

    [Fact]
    public void A_chunked_event_stream_reads_the_same_wherever_it_is_cut()
    {
        var bytes = Encoding.ASCII.GetBytes(Head("Transfer-Encoding: chunked") + Chunked(Events, 5) + "0\r\n\r\n");
        var expected = Read(bytes, bytes.Length, out var isComplete);

        Assert.True(isComplete);
        Assert.Equal(5, expected.Count);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(expected, Read(bytes, cut, out isComplete));
            Assert.True(isComplete);
        }
    }

    [Fact]
    public void Byte_by_byte_reads_the_same()
    {
        var sink = new Blocks();
        var scanner = new EventStreamScanner(sink);
        var decoder = new ResponseDecoder();
        foreach (var value in Encoding.ASCII.GetBytes(Head("Transfer-Encoding: chunked") + Chunked(Events, 7) + "0;last\r\nA: b\r\n\r\n"))
            Feed(decoder, scanner, [value]);

        Assert.True(decoder.IsComplete);
        Assert.Equal(["position 7", "event 8 3/42/123456789", "gap", "event -1 3/42/123456789", "event -1 unstamped"], sink.Seen);
    }

    [Fact]
    public void A_counted_body_ends_after_its_length_and_the_decoder_takes_the_next_answer()
    {
        var decoder = new ResponseDecoder();
        for (var round = 0; round < 2; round++)
        {
            ReadOnlySpan<byte> input = Encoding.ASCII.GetBytes(Head("Content-Length: 5") + "hello");
            Assert.True(decoder.TryRead(ref input, out var body));
            Assert.Equal("hello", Encoding.ASCII.GetString(body));
            Assert.True(decoder.IsComplete);
            decoder.Reset();
        }
    }

    [Fact]
    public void A_body_without_a_length_goes_on_until_the_connection_ends()
    {
        var decoder = new ResponseDecoder();
        ReadOnlySpan<byte> input = Encoding.ASCII.GetBytes("HTTP/1.1 100 Continue\r\n\r\n" + Head("X: y") + "a");
        Assert.True(decoder.TryRead(ref input, out _));
        Assert.Equal(200, decoder.Head!.Status);
        Assert.True(decoder.Head.IsEventStream);
        Assert.False(decoder.IsComplete);
    }

    [Theory]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n")]
    public void What_is_not_HTTP_is_told_in_a_sentence(string answer) =>
        Assert.Throws<BenchException>(() => Feed(new ResponseDecoder(), new EventStreamScanner(new Blocks()), Encoding.ASCII.GetBytes(answer)));

    [Fact]
    public void A_head_without_end_is_refused() =>
        Assert.Throws<BenchException>(() => Feed(new ResponseDecoder(), new EventStreamScanner(new Blocks()),
            Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nX: " + new string('x', 20_000))));

    private static List<string> Read(byte[] bytes, int cut, out bool isComplete)
    {
        var sink = new Blocks();
        var scanner = new EventStreamScanner(sink);
        var decoder = new ResponseDecoder();
        Feed(decoder, scanner, bytes.AsSpan(0, cut));
        Feed(decoder, scanner, bytes.AsSpan(cut));
        isComplete = decoder.IsComplete;
        return sink.Seen;
    }

    private static void Feed(ResponseDecoder decoder, EventStreamScanner scanner, ReadOnlySpan<byte> input)
    {
        while (decoder.TryRead(ref input, out var body))
            scanner.Scan(body);
    }

    private static string Head(string field) => $"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n{field}\r\n\r\n";

    private static string Chunked(string text, int size) => string.Concat(text.Chunk(size)
        .Select(piece => string.Create(CultureInfo.InvariantCulture, $"{piece.Length:X}\r\n{new string(piece)}\r\n")));

    private static string Text(Stamp stamp)
    {
        var bytes = new byte[Stamp.Length];
        stamp.Write(bytes);
        return Encoding.ASCII.GetString(bytes);
    }

    private sealed class Blocks : IEventBlockSink
    {
        public List<string> Seen { get; } = [];

        public void OnBlock(in EventBlock block) => Seen.Add(
            !block.HasData ? $"position {block.Offset}" : block.IsGap ? "gap" :
            $"event {block.Offset} {(block.HasStamp ? $"{block.Stamp.Lane}/{block.Stamp.Sequence}/{block.Stamp.Timestamp}" : "unstamped")}");
    }
}
