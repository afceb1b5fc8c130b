using System.Text;
using CsCheck;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

/// <summary>Any stream, in any pieces, read as a plain reading of WHATWG HTML 9.2.6 reads it.</summary>
public sealed class ParserTests
{
    private static readonly Gen<string> Value = OneOf("", " ", "a", " b", "  c", ":d", "é😀", "\0", "7", " 300", "data", "\uFEFF");

    private static readonly Gen<string> Line = Gen.OneOf(
        Gen.Const(""),
        Gen.Const(""),
        Gen.Select(OneOf("id:", "event:", "data:", "data:", "retry:", ":", "x:", "Data:", " data:", "datax:"), Value, string.Concat),
        OneOf("data", "event", "id", "retry", "dat"));

    private static readonly Gen<string> Lines = Gen.Select(Line, OneOf("\n", "\r", "\r\n"), string.Concat).Array[0, 30].Select(string.Concat);

    private static readonly Gen<string> Text = Gen.Select(OneOf("", "\uFEFF"), Lines, string.Concat);

    [Fact]
    public async Task Events_AnyStreamInAnyPieces_AreWhatTheStandardSays() =>
        await Gen.Select(Text, Gen.Int[1, 40], Gen.Bool).SampleAsync(async (text, pieceSize, broken) =>
        {
            var hub = new FakeHub();
            hub.ThenStream(new FakeBody(Encoding.UTF8.GetBytes(text), broken ? BodyEnd.Broken : BodyEnd.Closed, pieceSize));

            var received = await Subscriber.ReadAllAsync(hub, new HurriedClock());

            var (events, lastEventId) = ReadPlainly(text);
            Assert.Equal(events, received);
            Assert.Equal(lastEventId, Last(hub.Requests[1]));
            return true;
        }, iter: 5000);

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string Last(Asked asked) =>
        asked.LastEventId ?? asked.Query.FirstOrDefault(pair => pair.Name == "last_event_id").Value ?? "";

    private static (List<ReceivedEvent> Events, string LastEventId) ReadPlainly(string text)
    {
        List<ReceivedEvent> events = [];
        var (data, type, id, lastEventId) = ("", "", "", "");
        var lines = text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n')[..^1];
        foreach (var line in lines)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0)
                    events.Add(new ReceivedEvent(id, type.Length == 0 ? "message" : type, data[..^1]));
                lastEventId = id;
                data = type = "";
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            if (value.StartsWith(' '))
                value = value[1..];
            if (name == "data")
                data += value + "\n";
            else if (name == "event")
                type = value;
            else if (name == "id" && !value.Contains('\0', StringComparison.Ordinal))
                id = value;
        }

        return (events, lastEventId);
    }
}
