using System.Net;
using System.Net.WebSockets;
using System.Text;
using Xunit;

namespace Fonte.Server.Tests.Proxies;

/// <summary>A hub behind nginx, as docs/proxies.md says it must be set and as it is set otherwise.</summary>
public sealed class NginxTests : IDisposable
{
    private const string Gzip = "gzip on; gzip_proxied any; gzip_types text/event-stream;";

    // So that nothing but the event itself brings it to the subscriber.
    private static readonly string[] Silent = ["--heartbeat-interval", "1h"];
    private static readonly string[] Talkative = ["--heartbeat-interval", "1s"];

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Documented_configuration_streams_at_once()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Silent);
        await using var nginx = await DocumentedConfiguration.StartAsync(server.Address);
        await AssertStreamsAsync(_http, nginx);
    }

    [Fact]
    public async Task Documented_configuration_streams_over_tls_and_http_2()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Silent);
        await using var nginx = await DocumentedConfiguration.StartWithTlsAsync(server.Address, _folder);
        using var http = TlsClient();
        Assert.Equal(HttpVersion.Version20, await AssertStreamsAsync(http, nginx));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Gzip)]
    public async Task Naive_configuration_with_its_http_1_0_streams_because_the_hub_asks_for_it(string directives)
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Silent);
        await using var nginx = await NginxProcess.StartNaiveAsync(server.Address, directives);
        await AssertStreamsAsync(_http, nginx);
    }

    [Theory]
    [InlineData("proxy_ignore_headers X-Accel-Buffering;")]
    [InlineData("proxy_ignore_headers X-Accel-Buffering; proxy_http_version 1.1;" + Gzip)]
    public async Task Proxy_that_buffers_holds_everything_until_the_stream_ends(string directives)
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Talkative);
        await using var nginx = await NginxProcess.StartNaiveAsync(server.Address, directives);
        await AssertHoldsAsync(server, nginx);
    }

    [Fact]
    public async Task Second_naive_proxy_holds_everything_because_the_first_keeps_what_the_hub_asks_for()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Talkative);
        await using var inner = await NginxProcess.StartNaiveAsync(server.Address);
        await using var outer = await NginxProcess.StartNaiveAsync(inner.Address);
        await AssertHoldsAsync(server, outer);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Gzip)]
    public async Task Second_proxy_as_documented_streams_at_once(string directives)
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Silent);
        await using var inner = await DocumentedConfiguration.StartAsync(server.Address);
        await using var outer = await DocumentedConfiguration.StartAsync(inner.Address, ("client_max_body_size 8m;", "client_max_body_size 8m;" + directives));
        await AssertStreamsAsync(_http, outer);
    }

    [Fact]
    public async Task Read_timeout_below_the_heartbeat_cuts_a_quiet_stream()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Silent);
        await using var nginx = await DocumentedConfiguration.StartAsync(server.Address, ("proxy_read_timeout 60s;", "proxy_read_timeout 1s;"));
        using var stream = await ProxiedStream.OpenAsync(_http, nginx.Hub);
        Assert.StartsWith("retry: ", await stream.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_timeout_above_the_heartbeat_does_not()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Talkative);
        await using var nginx = await DocumentedConfiguration.StartAsync(server.Address, ("proxy_read_timeout 60s;", "proxy_read_timeout 3s;"));
        using var stream = await ProxiedStream.OpenAsync(_http, nginx.Hub);
        for (var heartbeat = 0; heartbeat < 5; heartbeat++) await stream.LineAsync(":");
        await server.PublishAsync("a", "still there");
        await stream.LineAsync("data: still there");
    }

    [Fact]
    public async Task End_of_a_client_reaches_the_hub()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Silent);
        await using var nginx = await DocumentedConfiguration.StartAsync(server.Address);
        var stream = await ProxiedStream.OpenAsync(_http, nginx.Hub);
        await ConnectionsAsync(server, 1);
        stream.Dispose();
        await ConnectionsAsync(server, 0);
    }

    [Fact]
    public async Task Hub_that_is_away_is_answered_so_that_a_browser_comes_back_and_a_publisher_knows()
    {
        await using var server = await RunningServer.StartAsync(":memory:");
        await using var nginx = await DocumentedConfiguration.StartAsync(server.Address);
        await using var naive = await NginxProcess.StartNaiveAsync(server.Address);
        server.Tool.Signal(RunningServer.KillNine);
        await server.Tool.EndAsync();

        using var stream = await ProxiedStream.OpenAsync(_http, nginx.Hub);
        Assert.Equal("retry: 3000\n\n", await stream.EndAsync());
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["topic"] = "a" });
        using var published = await _http.PostAsync(nginx.Hub, form, Stop);
        using var withoutIt = await _http.GetAsync(new Uri(naive.Hub, "?match=a"), Stop);
        Assert.Equal((HttpStatusCode.BadGateway, HttpStatusCode.BadGateway), (published.StatusCode, withoutIt.StatusCode));
    }

    [Fact]
    public async Task Public_urls_are_those_of_the_proxy_if_it_passes_the_host_on()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: ["--public-urls", "http://hub.example"]);
        await using var nginx = await DocumentedConfiguration.StartAsync(server.Address);
        await using var naive = await NginxProcess.StartNaiveAsync(server.Address);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(nginx, "hub.example"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusAsync(nginx, "other.example"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusAsync(naive, "hub.example"));
    }

    [Fact]
    public async Task Tokens_and_pages_are_those_of_the_public_url_where_tls_ends_at_the_proxy()
    {
        var settings = new Dictionary<string, string>
        {
            ["FONTE__PUBLICURLS"] = "http://hub.example",
            ["FONTE__RESOURCE"] = "https://hub.example/.well-known/mercure",
            ["FONTE__ISSUERS__0__ISSUER"] = "https://issuer.example",
            ["FONTE__ISSUERS__0__SECRET"] = "a secret of thirty-two bytes or more, of one issuer",
        };
        await using var server = await RunningServer.StartWithAsync(settings);
        await using var nginx = await DocumentedConfiguration.StartWithTlsAsync(server.Address, _folder);
        var token = await Tool.RunAsync(["token", "--publish", "a"], settings);
        using var http = TlsClient();
        Assert.Equal((0, HttpStatusCode.OK, HttpStatusCode.Forbidden), (token.ExitCode, await PublishAsync("https://hub.example"), await PublishAsync("https://other.example")));

        async Task<HttpStatusCode> PublishAsync(string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, nginx.Hub) { Headers = { Host = "hub.example" }, Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["topic"] = "a" }) };
            request.Headers.Add("Cookie", $"__Secure-mercure_access_token={token.Output}");
            request.Headers.Add("Origin", origin);
            using var response = await http.SendAsync(request, Stop);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Web_socket_gets_its_events_as_documented_and_nothing_from_a_naive_proxy()
    {
        await using var server = await RunningServer.StartAsync(":memory:", more: Silent);
        await using var nginx = await DocumentedConfiguration.StartAsync(server.Address);
        await using var naive = await NginxProcess.StartNaiveAsync(server.Address);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(SocketOf(nginx), Stop);
        await server.PublishAsync("a", "over a socket");
        var read = "";
        var buffer = new byte[4096];
        while (!read.Contains("over a socket", StringComparison.Ordinal))
        {
            var received = await socket.ReceiveAsync(buffer, Stop);
            Assert.Equal(WebSocketMessageType.Text, received.MessageType);
            read += Encoding.UTF8.GetString(buffer, 0, received.Count);
        }
        using var other = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => other.ConnectAsync(SocketOf(naive), Stop));

        static Uri SocketOf(NginxProcess proxy) => new($"ws://{proxy.Address.Authority}/fonte/socket?match=a");
    }

    private static HttpClient TlsClient() => new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.Subject == "CN=hub.example" } })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static async Task<Version> AssertStreamsAsync(HttpClient http, NginxProcess nginx)
    {
        using var stream = await ProxiedStream.OpenAsync(http, nginx.Hub);
        for (var number = 1; number <= 3; number++)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["topic"] = "a", ["data"] = $"event {number}" });
            using var published = await http.PostAsync(nginx.Hub, form, Stop);
            Assert.Equal(HttpStatusCode.OK, published.StatusCode);
            await stream.LineAsync($"data: event {number}");
        }
        return stream.Version;
    }

    private async Task AssertHoldsAsync(RunningServer server, NginxProcess nginx)
    {
        using var direct = await ProxiedStream.OpenAsync(_http, server.Hub);
        var proxied = ProxiedStream.OpenAsync(_http, nginx.Hub);
        await ConnectionsAsync(server, 2);
        await server.PublishAsync("a", "held");
        await direct.LineAsync("data: held");
        // Who is connected directly has had the event for two heartbeats by now.
        for (var heartbeat = 0; heartbeat < 2; heartbeat++) await direct.LineAsync(":");
        Assert.False(proxied.IsCompleted);
        server.Tool.Signal(RunningServer.Terminate);
        using var stream = await proxied;
        Assert.Contains("data: held\n", await stream.EndAsync(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(NginxProcess nginx, string host)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(nginx.Hub, "?match=a")) { Headers = { Host = host } };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        return response.StatusCode;
    }

    private static async Task ConnectionsAsync(RunningServer server, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        string metrics;
        do metrics = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), limit.Token);
        while (!metrics.Split('\n').Any(line => line.StartsWith("fonte_connection_active", StringComparison.Ordinal) && line.EndsWith($" {count}", StringComparison.Ordinal)));
    }
}
