using System.Diagnostics;
using System.Net;
using System.Net.Security;

namespace Fonte.Bench;

/// <summary>An event stream over TLS, with HTTP/1.1 or HTTP/2.</summary>
internal sealed class SecureSubscriber(BenchRun run, int topic, int lanes, byte[] buffer) : Subscriber(run, topic, lanes)
{
    private HttpResponseMessage? _response;
    private Stream? _stream;
    private EventStreamScanner? _scanner;

    /// <summary>A client for all streams of a run. It accepts any certificate.</summary>
    public static HttpClient CreateClient(bool http2, string? token)
    {
        var client = CreateClient(http2);
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    private static HttpClient CreateClient(bool http2) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        EnableMultipleHttp2Connections = true,
#pragma warning disable CA5359 // the server is on this machine's loopback, and mostly has a certificate of its own making
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Connects and reads the head; with <paramref name="untilPosition"/>, up to the first position block.</summary>
    /// <exception cref="BenchException">The server answers no event stream.</exception>
    public async Task OpenAsync(HttpClient client, Uri url, bool untilPosition, CancellationToken cancellationToken)
    {
        _scanner = new EventStreamScanner(this);
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        request.Headers.Accept.ParseAdd("text/event-stream");
        _response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (_response.StatusCode != HttpStatusCode.OK)
            throw Refusal((int)_response.StatusCode, default);
        if (_response.Content.Headers.ContentType?.MediaType is var type and not "text/event-stream")
            throw NotAnEventStream(type);
        HasAnswer = true;
        _stream = await _response.Content.ReadAsStreamAsync(cancellationToken);
        while (untilPosition && !HasPosition)
        {
            if (await TakeAsync(cancellationToken) == 0)
                throw new BenchException(EndedAtOnce);
        }

        IsOpen = true;
    }

    public override void End() => Dispose();

    public override void Dispose() => _response?.Dispose();

    protected override async Task ReceiveAsync()
    {
        while (await TakeAsync(CancellationToken.None) > 0) { }
    }

    private async ValueTask<int> TakeAsync(CancellationToken cancellationToken)
    {
        var received = await _stream!.ReadAsync(buffer, cancellationToken);
        Now = Stopwatch.GetTimestamp();
        _scanner!.Scan(buffer.AsSpan(0, received));
        return received;
    }
}
