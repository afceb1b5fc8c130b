using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fonte.Bench;

/// <summary>Where the load goes: a loopback address and the requests to send there.</summary>
internal sealed class BenchTarget
{
    internal const string HubPath = "/.well-known/mercure";
    private readonly Uri _url;
    private readonly Uri _publishUrl;
    private readonly string _streamPath;
    private readonly BenchOptions _options;

    private BenchTarget(Uri url, Uri publishUrl, BenchOptions options, IPAddress[] addresses, bool isHubBase)
    {
        (_url, _publishUrl, _options) = (url, publishUrl, options);
        _streamPath = isHubBase ? HubPath + "?match=*" : url.PathAndQuery;
        TopicPrefix = $"bench-{Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture)}-";
        EndPoints = [.. addresses.Select(address => new IPEndPoint(address, url.Port))];
    }

    /// <summary>Whether it is spoken to over TLS.</summary>
    public bool IsSecure => _url.Scheme == "https";

    /// <summary>The addresses of the host, in the order to try.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>What this run's topics begin with, so that events of other runs in the same log do not match.</summary>
    public string TopicPrefix { get; }

    /// <exception cref="BenchException">The URL is not one that the run can use.</exception>
    public static async Task<BenchTarget> ResolveAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var url = Parse("--url", options.Url);
        var publishUrl = options.PublishUrl is { } other ? Parse("--publish-url", other) : url;
        if (publishUrl.Scheme == "https" && options.PublishUrl is not null)
            throw new BenchException("Events are published over plain HTTP only: give --publish-url as an http:// URL.");
        if (options.Http2 && url.Scheme != "https")
            throw new BenchException("HTTP/2 is spoken over TLS only: give an https:// URL.");

        var isHub = url.AbsolutePath is "/" or HubPath or HubPath + "/";
        if (options.Publishes && options.IsHub && (!isHub || url.Query.Length > 0))
        {
            throw new BenchException(
                $"To publish, the run needs the hub's base URL such as {url.GetLeftPart(UriPartial.Authority)}; " +
                "to listen to this event stream alone, give --rate 0; to publish elsewhere, --publish-url.");
        }

        var addresses = await ResolveLoopbackAsync(url, cancellationToken);
        if (publishUrl != url) await ResolveLoopbackAsync(publishUrl, cancellationToken);
        return new BenchTarget(url, publishUrl, options, addresses, options.IsHub && isHub && url.Query.Length == 0);
    }

    /// <summary>Where events are published, given the address at which the streams were opened.</summary>
    public IPEndPoint PublishEndPoint(IPEndPoint streams) => new(streams.Address, _publishUrl.Port);

    public Uri StreamUrl(int? topic) => new(_url, PathOf(topic));

    public byte[] StreamRequest(int? topic)
    {
        return Encoding.ASCII.GetBytes(
            $"GET {PathOf(topic)} HTTP/1.1\r\nHost: {_url.Authority}\r\nAccept: text/event-stream\r\nCache-Control: no-store\r\n{Authorization}\r\n");
    }

    /// <summary>A request for any path of the server.</summary>
    public string Get(string path, string accept = "*/*", string fields = "") => $"GET {path} HTTP/1.1\r\nHost: {_url.Authority}\r\nAccept: {accept}\r\n{fields}{Authorization}\r\n";

    /// <summary>A publish request, into which the topic's name, if it is a hub, and the stamp are written at their places.</summary>
    public (byte[] Request, int TopicAt, int StampAt) PublishRequest()
    {
        var form = _options.IsHub ? $"topic={TopicName(0)}&data={{data}}" : _options.PublishBody;
        var type = _options.IsHub ? "application/x-www-form-urlencoded" : _options.PublishType;
        var path = _options.IsHub ? HubPath : _publishUrl.PathAndQuery;
        var body = Encoding.UTF8.GetBytes(form.Replace("{data}", new string('x', _options.Size), StringComparison.Ordinal));
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {_publishUrl.Authority}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n{Authorization}\r\n"));
        var dataAt = Encoding.UTF8.GetByteCount(form.AsSpan(0, form.IndexOf("{data}", StringComparison.Ordinal)));
        return ([.. head, .. body], _options.IsHub ? head.Length + "topic=".Length : -1, head.Length + dataAt);
    }

    /// <summary>The topic's name; all names of a run have the same length.</summary>
    public string TopicName(int topic) => TopicPrefix + topic.ToString("D5", CultureInfo.InvariantCulture);

    private string Authorization => _options.Token is { } token ? $"Authorization: Bearer {token}\r\n" : "";

    private string PathOf(int? topic) => topic is { } number && _options.IsHub ? $"{HubPath}?match={TopicName(number)}" : _streamPath;

    private static Uri Parse(string option, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https")
            ? url
            : throw new BenchException($"{option} '{text}' is not a URL such as http://127.0.0.1:8000.");

    private static async Task<IPAddress[]> ResolveLoopbackAsync(Uri url, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(url.DnsSafeHost, cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new BenchException($"The host '{url.Host}' has no address.", exception);
        }

        if (addresses.Length == 0 || !addresses.All(IPAddress.IsLoopback))
        {
            throw new BenchException(
                $"The load tool sends load to this machine only: '{url.Host}' is not a loopback address such as 127.0.0.1.");
        }

        return [.. addresses.OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)];
    }
}
