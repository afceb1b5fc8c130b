using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fonte.AspNetCore.Tests;

/// <summary>
/// Streams that go past Kestrel's pipe, read by a parser of HTTP/1.1 that accepts nothing else than what RFC 9112 has: heads, chunks, the end, and
/// the next response on the same connection. When it was done naively, 1,537 of 3,000 responses were corrupt.
/// </summary>
public sealed class DirectSocketTests
{
    private const int Connections = 100;
    private const int StreamsEach = 100;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_byte_of_ten_thousand_streams_is_in_its_place()
    {
        await using var application = await HubApplication.StartAsync(build: SendDirectly);
        using var publishing = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var published = PublishAsync(application, publishing.Token);
        var ending = EndAsync(application, publishing.Token);
        var streams = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => ReadStreamsAsync(application)))).WaitAsync(LongEnough, Stop);
        await publishing.CancelAsync();
        await Task.WhenAll(published, ending);
        Assert.Equal(Connections * StreamsEach, streams.Sum(each => each.Streams));
        Assert.True(streams.Sum(each => each.Events) > Connections * StreamsEach, "Hardly an event was in the streams.");
    }

    private static void SendDirectly(WebApplicationBuilder builder) => builder.Services.Configure<SocketTransportOptions>(sockets =>
        (sockets.MaxWriteBufferSize, sockets.UnsafePreferInlineScheduling) = (1, true));

    private static async Task PublishAsync(HubApplication application, CancellationToken ended)
    {
        var publisher = application.Services.GetRequiredService<IEventPublisher>();
        for (var n = 0; !ended.IsCancellationRequested; n++)
        {
            await publisher.PublishAsync(new EventDraft { Topics = ["a"], Data = Encoding.ASCII.GetBytes($"{n} {new string((char)('a' + (n % 26)), n * 31 % 700)}") }, Stop);
            if (n % 8 == 0) await Task.Yield();
        }
    }

    // Between two events, so that the next request on the connection is answered.
    private static async Task EndAsync(HubApplication application, CancellationToken ended)
    {
        var hub = application.Services.GetRequiredService<FonteHost>().HubIfReady!;
        while (!ended.IsCancellationRequested)
        {
            hub.EndStreams();
            await Task.Yield();
        }
    }

    private static async Task<(int Streams, int Events)> ReadStreamsAsync(HubApplication application)
    {
        var url = new Uri(application.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, Stop);
        var connection = new StrictReader(client.GetStream());
        var request = Encoding.ASCII.GetBytes($"GET {HubApplication.Hub}?match=a HTTP/1.1\r\nHost: {url.Authority}\r\n\r\n");
        var events = 0;
        for (var stream = 0; stream < StreamsEach; stream++)
        {
            await client.GetStream().WriteAsync(request, Stop);
            events += await connection.ReadStreamAsync();
        }
        return (StreamsEach, events);
    }

    private sealed class StrictReader(Stream stream)
    {
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _start;
        private int _end;

        /// <summary>Reads a whole response, and returns how many events were in it.</summary>
        internal async Task<int> ReadStreamAsync()
        {
            Assert.Equal("HTTP/1.1 200 OK", await LineAsync());
            var chunked = false;
            for (var field = await LineAsync(); field.Length > 0; field = await LineAsync())
            {
                Assert.Contains(": ", field, StringComparison.Ordinal);
                chunked |= field == "Transfer-Encoding: chunked";
            }
            Assert.True(chunked);
            var body = new StringBuilder();
            while (await ChunkAsync() is { Length: > 0 } chunk) body.Append(chunk);
            return EventsOf(body.ToString());
        }

        private async Task<string> ChunkAsync()
        {
            var digits = Encoding.ASCII.GetBytes(await LineAsync());
            Assert.True(Utf8Parser.TryParse(digits, out int size, out var used, 'x') && used == digits.Length, $"'{Encoding.ASCII.GetString(digits)}' is no chunk size.");
            while (_end - _start < size + 2) await ReceiveAsync();
            var chunk = Encoding.ASCII.GetString(_buffer, _start, size);
            Assert.Equal("\r\n", Encoding.ASCII.GetString(_buffer, _start + size, 2));
            _start += size + 2;
            return chunk;
        }

        private async Task<string> LineAsync()
        {
            int at;
            while ((at = _buffer.AsSpan(_start.._end).IndexOf("\r\n"u8)) < 0) await ReceiveAsync();
            var line = Encoding.ASCII.GetString(_buffer, _start, at);
            _start += at + 2;
            return line;
        }

        private async Task ReceiveAsync()
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var received = await stream.ReadAsync(_buffer.AsMemory(_end), Stop);
            Assert.True(received > 0, "The connection ended within a response.");
            _end += received;
        }

        // retry, a position, then events that follow each other without a hole, each with the data that its number has.
        private static int EventsOf(string body)
        {
            var blocks = body.Split("\n\n");
            Assert.Equal("", blocks[^1]);
            // A stream that the hub could not take has only the first block.
            Assert.StartsWith("retry: ", blocks[0], StringComparison.Ordinal);
            for (var n = 2; n < blocks.Length - 1; n++)
            {
                var lines = blocks[n].Split('\n');
                Assert.Equal(2, lines.Length);
                Assert.Equal(OffsetOf(blocks[n - 1].Split('\n')[0]) + 1, OffsetOf(lines[0]));
                var data = lines[1]["data: ".Length..].Split(' ');
                var number = int.Parse(data[0], System.Globalization.CultureInfo.InvariantCulture);
                Assert.Equal(new string((char)('a' + (number % 26)), number * 31 % 700), data[1]);
            }
            return Math.Max(0, blocks.Length - 3);
        }

        private static long OffsetOf(string line)
        {
            Assert.True(Position.TryParse(line["id: ".Length..], out var position), $"'{line}' is no position.");
            return position.Offset;
        }
    }
}
