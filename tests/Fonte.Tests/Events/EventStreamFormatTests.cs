using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text;
using CsCheck;
using Xunit;

namespace Fonte.Tests.Events;

public sealed class EventStreamFormatTests
{
    private static readonly EventIds Ids = new PositionIds(new([new LogEpoch("abcdefghijkl", 1)]));

    [Fact]
    public void Event_of_the_lecture_has_the_block_of_the_lecture() =>
        Assert.Equal("id: 1\nevent: update\ndata: {\"valor\": 100}\nretry: 5000\n\n", Encode("{\"valor\": 100}", "1", "update", 5000));

    [Fact]
    public void Event_without_own_id_carries_its_position() =>
        Assert.Equal("id: urn:fonte:abcdefghijkl:7\ndata: hi\n\n", Encode("hi"));

    [Theory]
    [InlineData("", "data: \n")]
    [InlineData("a\nb", "data: a\ndata: b\n")]
    [InlineData("a\rb", "data: a\ndata: b\n")]
    [InlineData("a\r\nb", "data: a\ndata: b\n")]
    [InlineData("a\n\rb", "data: a\ndata: \ndata: b\n")]
    [InlineData("\r\n", "data: \ndata: \n")]
    [InlineData("a\n", "data: a\ndata: \n")]
    [InlineData(" a", "data:  a\n")]
    [InlineData("a\r", "data: a\ndata: \n")]
    public void Data_is_one_field_for_each_line(string data, string expected) =>
        Assert.Equal($"id: urn:fonte:abcdefghijkl:7\n{expected}\n", Encode(data));

    [Fact]
    public void Any_data_comes_back_through_a_parser_with_line_ends_as_lf()
    {
        string[] special = ["\r", "\n", "\r\n", "\0", "\uFEFF", "😀", ":", " ", "data:", "é", "\u2028", ""];
        var rune = Gen.Int[0, 0x10FFFF].Where(Rune.IsValid).Select(value => new Rune(value).ToString());
        var text = Gen.OneOf(Gen.Int[0, special.Length - 1].Select(index => special[index]), rune).Array[0, 30].Select(string.Concat);
        text.Sample(data =>
        {
            var wire = Encoding.UTF8.GetBytes(Encode(data));
            var parsed = SseParser.Create(new MemoryStream(wire)).Enumerate().Single();
            return parsed.Data == data.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        });
    }

    [Fact]
    public void Position_block_dispatches_nothing()
    {
        var writer = new ArrayBufferWriter<byte>();
        EventStreamFormat.Retry(writer, 2500);
        EventStreamFormat.PositionBlock(writer, Ids.At(3));
        EventStreamFormat.Heartbeat(writer, Ids.At(4));
        EventStreamFormat.Heartbeat(writer, position: null);
        Assert.Equal("retry: 2500\n\nid: urn:fonte:abcdefghijkl:3\n\n:\nid: urn:fonte:abcdefghijkl:4\n\n:\n\n", Encoding.UTF8.GetString(writer.WrittenSpan));
        Assert.Empty(SseParser.Create(new MemoryStream(writer.WrittenSpan.ToArray())).Enumerate());
    }

    [Fact]
    public void Gap_tells_reason_cursor_and_oldest_and_has_the_position_before_it()
    {
        var writer = new ArrayBufferWriter<byte>();
        EventStreamFormat.Gap(writer, new(GapReason.Unknown, "a\"\n<"), Ids.At(41), Ids.At(42));
        Assert.Equal(
            "id: urn:fonte:abcdefghijkl:41\nevent: fonte-gap\ndata: {\"reason\":\"unknown\",\"from\":\"a\\u0022\\n\\u003C\",\"oldest\":\"urn:fonte:abcdefghijkl:42\"}\n\n",
            Encoding.UTF8.GetString(writer.WrittenSpan));
    }

    private static string Encode(string data, string? id = null, string? type = null, int? retry = null)
    {
        var logged = new LoggedEvent
        {
            Offset = 7,
            TimeMicroseconds = 0,
            Topics = ["a"],
            Data = Encoding.UTF8.GetBytes(data),
            Id = id,
            Type = type,
            RetryMilliseconds = retry,
        };
        return Encoding.UTF8.GetString(EventStreamFormat.Encode(logged, Ids));
    }
}
