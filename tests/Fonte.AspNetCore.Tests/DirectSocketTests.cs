using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
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
        await using var application = await HubApplication.StartDirectAsync();
        using var publishing = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var published = PublishAsync(application, publishing.Token);
        var ending = EndAsync(application, publishing.Token);
        var streams = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => ReadStreamsAsync(application)))).WaitAsync(LongEnough, Stop);
        await publishing.CancelAsync();
        await Task.WhenAll(published, ending);
        Assert.Equal(Connections * StreamsEach, streams.Sum(each => each.Streams));
        Assert.True(streams.Sum(each => each.Events) > Connections * StreamsEach, "Hardly an event was in the streams.");
    }

    [Fact]
    public async Task Every_byte_of_a_stream_that_the_hub_cannot_take_is_in_its_place()
    {
        await using var application = await HubApplication.StartDirectAsync(options => options.MaxSubscribers = 1);
        await using var first = await application.OpenAsync("?match=a");
        using var client = await ConnectAsync(application);
        var connection = new StrictReader(client.GetStream());
        await client.GetStream().WriteAsync(Request(application), Stop);
        Assert.Matches("^retry: [0-9]+\n\n$", await connection.ReadResponseAsync());
        await connection.AssertEndAsync();
    }

    [Fact]
    public async Task Stream_outlives_its_request_and_keeps_nothing_of_it()
    {
        var requests = new ConcurrentBag<WeakReference<HttpContext>>();
        await using var application = await HubApplication.StartDirectAsync(map: app => app.Use((context, next) =>
        {
            requests.Add(new(context));
            return next(context);
        }));
        await using var stream = await application.OpenAsync("?match=a");
        await stream.ReadUntilAsync(":0\n\n");
        await UntilAsync(() =>
        {
            GC.Collect();
            return !requests.Single().TryGetTarget(out _);
        });
        await application.PublishAsync("topic=a&data=1");
        Assert.Equal("1", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Stream_whose_client_leaves_is_ended()
    {
        await using var application = await HubApplication.StartDirectAsync();
        var hub = application.Services.GetRequiredService<FonteHost>().HubIfReady!;
        await using (var stream = await application.OpenAsync("?match=a"))
        {
            await stream.ReadUntilAsync(":0\n\n");
            Assert.Equal(1, hub.Subscribers);
        }
        await UntilAsync(() => hub.Subscribers == 0);
    }

    [Fact]
    public async Task Time_limits_of_kestrel_hold_for_requests_that_are_no_streams()
    {
        await using var application = await HubApplication.StartDirectAsync(build: builder =>
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1)));
        using var client = await ConnectAsync(application);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost"u8.ToArray(), Stop);
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 408 ", await reader.ReadLineAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("body")]
    [InlineData("timeout")]
    [InlineData("lifetime")]
    [InlineData("content")]
    public async Task Where_something_stands_between_the_stream_takes_the_ordinary_path(string between)
    {
        await using var application = await HubApplication.StartDirectAsync(map: app => app.Use((context, next) =>
        {
            if (!HttpMethods.IsGet(context.Request.Method)) return next(context);
            if (between == "body") context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(context.Response.Body, context.Features.GetRequiredFeature<IHttpResponseBodyFeature>()));
            if (between == "timeout") context.Features.Set<IHttpRequestTimeoutFeature>(new NoTimeout());
            if (between == "lifetime") context.Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
            return next(context);
        }));
        using var client = await ConnectAsync(application);
        await client.GetStream().WriteAsync(Request(application, between == "content" ? "Content-Length: 5\r\n\r\nhello" : "\r\n"), Stop);
        using var reader = new StreamReader(client.GetStream());
        for (var line = await reader.ReadLineAsync(Stop); line != ""; line = await reader.ReadLineAsync(Stop)) Assert.NotEqual("Connection: close", line);
        await application.PublishAsync("topic=a&data=1");
        while (await reader.ReadLineAsync(Stop) is { } line && line != "data: 1")
        {
        }
    }

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        var begun = Stopwatch.StartNew();
        for (; !isTrue(); await Task.Yield()) Assert.True(begun.Elapsed < LongEnough, "It did not come true.");
    }

    private static async Task<TcpClient> ConnectAsync(HubApplication application)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(application.Address).Port, Stop);
        return client;
    }

    private static byte[] Request(HubApplication application, string end = "\r\n") =>
        Encoding.ASCII.GetBytes($"GET {HubApplication.Hub}?match=a HTTP/1.1\r\nHost: {new Uri(application.Address).Authority}\r\n{end}");

    private static async Task PublishAsync(HubApplication application, CancellationToken ended)
    {
        var publisher = application.Services.GetRequiredService<IEventPublisher>();
        for (var n = 0; !ended.IsCancellationRequested; n++)
        {
            await publisher.PublishAsync(new EventDraft { Topics = ["a"], Data = Encoding.ASCII.GetBytes($"{n} {new string((char)('a' + (n % 26)), n * 31 % 700)}") }, Stop);
            if (n % 8 == 0) await Task.Yield();
        }
    }

    // Between two events, so that the response has its end.
    private static async Task EndAsync(HubApplication application, CancellationToken ended)
    {
        var hub = application.Services.GetRequiredService<FonteHost>().HubIfReady!;
        while (!ended.IsCancellationRequested)
        {
            hub.EndStreams();
            await Task.Yield();
        }
    }

    // Each after another request on the same connection, sent together with it.
    private static async Task<(int Streams, int Events)> ReadStreamsAsync(HubApplication application)
    {
        byte[] requests = [.. Encoding.ASCII.GetBytes($"GET /healthz HTTP/1.1\r\nHost: {new Uri(application.Address).Authority}\r\n\r\n"), .. Request(application)];
        var events = 0;
        for (var stream = 0; stream < StreamsEach; stream++)
        {
            using var client = await ConnectAsync(application);
            var connection = new StrictReader(client.GetStream());
            await client.GetStream().WriteAsync(requests, Stop);
            Assert.Equal("Healthy", await connection.ReadResponseAsync());
            events += EventsOf(await connection.ReadResponseAsync());
            await connection.AssertEndAsync();
        }
        return (StreamsEach, events);
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

    private sealed class StrictReader(Stream stream)
    {
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _start;
        private int _end;

        /// <summary>Reads a whole response, which is in chunks, and returns its body.</summary>
        internal async Task<string> ReadResponseAsync()
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
            return body.ToString();
        }

        internal async Task AssertEndAsync()
        {
            Assert.Equal(_start, _end);
            Assert.Equal(0, await stream.ReadAsync(_buffer, Stop));
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
    }

    private sealed class NoTimeout : IHttpRequestTimeoutFeature
    {
        public CancellationToken RequestTimeoutToken => CancellationToken.None;

        public void DisableTimeout()
        {
        }
    }
}

/// <summary>What holds for every event stream, for one that goes straight to its socket.</summary>
public sealed class DirectEventStreamTests : EventStreamTests
{
    private protected override Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null) =>
        HubApplication.StartDirectAsync(configure, build, map);
}
