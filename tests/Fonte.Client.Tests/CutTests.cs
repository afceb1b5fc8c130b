using System.Globalization;
using System.Net;
using System.Text;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

/// <summary>A hub with a log of seven positions, cut once at every byte of what it sends.</summary>
public sealed class CutTests
{
    private static readonly string[] Log =
    [
        "id: 1\nevent: y\ndata: one\n\n",
        "id: 2\ndata: two\ndata: lines\n\n",
        "id: 3\n\n",
        "event: z\nid: 4\ndata:\nretry: 7\n\n",
        ":\nid: 5\n\n",
        "data: é\nid: 6\n\n",
        "id: 7\ndata: seven\n\n",
    ];

    private static readonly ReceivedEvent[] Expected =
    [
        new("1", "y", "one"), new("2", "message", "two\nlines"), new("4", "z", ""), new("6", "message", "é"), new("7", "message", "seven"),
    ];

    public static TheoryData<string, string, int> Cuts
    {
        get
        {
            TheoryData<string, string, int> cuts = [];
            foreach (var lineEnd in (string[])["\n", "\r", "\r\n"])
            {
                foreach (var end in Enum.GetNames<BodyEnd>())
                {
                    if (end == nameof(BodyEnd.Silent))
                        continue;
                    cuts.Add(lineEnd, end, int.MaxValue);
                    cuts.Add(lineEnd, end, 1);
                }
            }

            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Resume_StreamCutAtEveryByte_EveryEventOnceInOrder(string lineEnd, string end, int pieceSize)
    {
        var whole = StreamAfter(0, lineEnd);
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            var hub = new FakeHub();
            hub.ThenStream(new FakeBody(whole.AsMemory(0, cut), Enum.Parse<BodyEnd>(end), pieceSize));
            hub.Then(_ => Task.FromResult(Resume(hub, lineEnd)));

            var received = await Subscriber.ReadAllAsync(hub);

            Assert.Equal(Expected, received);
            Assert.Equal(LastWholeBlock(cut, lineEnd), hub.Requests[1].LastEventId);
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public async Task Resume_EachConnectionBringsOneBlockAndAHalf_EveryEventOnceInOrder(string lineEnd)
    {
        var hub = new FakeHub();
        for (var position = 0; position < Log.Length; position++)
        {
            var rest = StreamAfter(position, lineEnd);
            var next = StreamAfter(position + 1, lineEnd);
            hub.ThenStream(new FakeBody(rest.AsMemory(0, Math.Min(rest.Length, rest.Length - next.Length + 5)), BodyEnd.Broken));
        }

        var received = await Subscriber.ReadAllAsync(hub);

        Assert.Equal(Expected, received);
        Assert.Equal([null, "1", "2", "3", "4", "5", "6", "7"], hub.Requests.Select(request => request.LastEventId));
    }

    private static byte[] StreamAfter(int position, string lineEnd) =>
        Encoding.UTF8.GetBytes(string.Concat(Log.Skip(position)).Replace("\n", lineEnd, StringComparison.Ordinal));

    private static HttpResponseMessage Resume(FakeHub hub, string lineEnd)
    {
        var position = int.Parse(hub.Requests[^1].LastEventId ?? "0", CultureInfo.InvariantCulture);
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(StreamAfter(position, lineEnd)) };
        response.Content.Headers.ContentType = new("text/event-stream");
        return response;
    }

    private static string? LastWholeBlock(int cut, string lineEnd)
    {
        var whole = 0;
        // CR alone already ends the blank line of a CRLF block: its LF need not have come.
        for (var position = 1; position <= Log.Length; position++)
        {
            var end = StreamAfter(0, lineEnd).Length - StreamAfter(position, lineEnd).Length;
            if (cut >= end - (lineEnd.Length - 1))
                whole = position;
        }

        return whole == 0 ? null : whole.ToString(CultureInfo.InvariantCulture);
    }
}
