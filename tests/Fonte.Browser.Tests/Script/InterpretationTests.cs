using System.Text;
using CsCheck;
using Fonte.Browser.Tests.Browser;
using Xunit;

namespace Fonte.Browser.Tests.Script;

/// <summary>Any bytes, in any chunks, are the same events to the module as to the browser's own <c>EventSource</c>.</summary>
public sealed class InterpretationTests(SharedBrowser browser)
{
    private static readonly string[] Ends = ["\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "\n\r", ""];

    private static readonly string[] Lines =
    [
        "data: a", "data:b", "data:  c", "data", "data:", "data: \0", "data: id: 1", "DATA: d", "data : e", " data: f", "da", ":", ": comment", "::", "\uFEFFdata: g", "data: \uFEFF",
        "event: told", "event:told", "event", "event:", "event: é x", "id: 1", "id:2", "id", "id: ", "id: 3\0", "id: é😀", "retry: 1", "retry: -1", "retry: 1x", "retry", "retry: ٣", "data: 😀\u2028\u0085\v",
    ];

    private static readonly byte[][] Broken = [[0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0x80]];

    private static readonly Gen<string> Line = Gen.Int[0, Lines.Length - 1].Select(index => Lines[index]);
    private static readonly Gen<string> End = Gen.Int[0, Ends.Length - 1].Select(index => Ends[index]);

    private static readonly Gen<byte[]> Piece = Gen.Frequency(
        (6, Gen.Select(Line, End, (line, end) => Encoding.UTF8.GetBytes(line + end))),
        (6, End.Select(end => Encoding.UTF8.GetBytes("data: x" + end))),
        (3, End.Select(Encoding.UTF8.GetBytes)),
        (1, Gen.Int[0, Broken.Length - 1].Select(index => Broken[index])));

    [Fact]
    public async Task Any_bytes_in_any_chunks_are_the_same_events_to_the_module_as_to_an_EventSource()
    {
        await using var server = await ScriptServer.StartAsync();
        server.Streams.AddRange(["\uFEFF\uFEFFdata: a\n\n"u8.ToArray(), "\uFEFF"u8.ToArray(), [], "data: a\r\n\r"u8.ToArray(), "data: a\n\nid: 1\n\ndata: b\n\ndata: c\n"u8.ToArray()]);
        Piece.Array[0, 40].Select(pieces => pieces.SelectMany(piece => piece).ToArray()).Sample(server.Streams.Add, iter: 150, threads: 1);
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(server.Page);

        var differences = await watched.Page.EvaluateAsync<string[]>(
            """
            async (count) => {
              const { FonteSource } = await import('/fonte/fonte.js');
              const types = ['message', 'told', 'é x'];
              const network = window.fetch;

              const collect = (source, untilEnd) => new Promise((resolve) => {
                const events = [];
                for (const type of types) source.addEventListener(type, (event) => events.push([event.type, event.data, event.lastEventId]));
                untilEnd(() => {
                  source.close();
                  resolve(JSON.stringify(events));
                });
              });
              const native = (url) => {
                const source = new EventSource(url);
                return collect(source, (end) => { source.onerror = end; });
              };
              const own = (chunks) => {
                const body = new ReadableStream({
                  pull: (stream) => {
                    if (chunks.length > 0) stream.enqueue(chunks.shift());
                    else stream.close();
                  },
                });
                window.fetch = async () => new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
                const source = new FonteSource('/never', { share: false });
                return collect(source, (end) => source.addEventListener('state', ({ detail }) => detail.state === 'retrying' && end()));
              };
              const cut = (bytes, most) => {
                const chunks = [];
                for (let at = 0; at < bytes.length;) {
                  const length = 1 + Math.floor(Math.random() * most);
                  chunks.push(bytes.slice(at, at + length));
                  at += length;
                }
                return chunks;
              };

              const differences = [];
              let compared = 0;
              for (let index = 0; index < count; index++) {
                const expected = await native(`/streams/${index}`);
                compared += JSON.parse(expected).length;
                const bytes = new Uint8Array(await (await network(`/streams/${index}`)).arrayBuffer());
                for (const most of [Infinity, 1, 2, 3, 8, 8, 20, 20]) {
                  const chunks = most === Infinity ? [bytes] : cut(bytes, most);
                  const lengths = chunks.map((chunk) => chunk.length);
                  const actual = await own(chunks);
                  if (actual !== expected) differences.push(`${btoa(String.fromCharCode(...bytes))} cut into ${lengths}: ${actual} and not ${expected}`);
                }
              }
              return compared < count ? [`only ${compared} events`] : differences;
            }
            """,
            server.Streams.Count);

        Assert.Empty(differences);
        watched.AssertClean();
    }
}
