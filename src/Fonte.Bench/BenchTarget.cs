using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fonte.Bench;

/// <summary>Where the load goes: a loopback address and the requests to send there.</summary>
internal sealed class BenchTarget
{
    private const string HubPath = "/.well-known/mercure";
    private readonly Uri _url;
    private readonly string _streamPath;

    private BenchTarget(Uri url, string streamPath, IPAddress[] addresses, string topicPrefix)
    {
        _url = url;
        _streamPath = streamPath;
        TopicPrefix = topicPrefix;
        EndPoints = [.. addresses.Select(address => new IPEndPoint(address, url.Port))];
    }

    /// <summary>The addresses of the host, in the order to try.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>What this run's topics begin with, so that events of other runs in the same log do not match.</summary>
    public string TopicPrefix { get; }

    /// <exception cref="BenchException">The URL is not one that the run can use.</exception>
    public static async Task<BenchTarget> ResolveAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new BenchException($"--url '{options.Url}' is not a URL such as http://127.0.0.1:8000.");
        if (url.Scheme != "http")
            throw new BenchException("The load tool speaks plain HTTP only: give an http:// URL.");

        var isHub = url.AbsolutePath is "/" or HubPath or HubPath + "/";
        if (options.Publishes && (!isHub || url.Query.Length > 0))
        {
            throw new BenchException(
                $"To publish, the run needs the hub's base URL such as {url.GetLeftPart(UriPartial.Authority)}; " +
                "to listen to this event stream alone, give --rate 0.");
        }

        var stream = isHub && url.Query.Length == 0 ? HubPath + "?match=*" : url.PathAndQuery;
        var run = Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture);
        return new BenchTarget(url, stream, await ResolveLoopbackAsync(url, cancellationToken), $"bench-{run}-");
    }

    public byte[] StreamRequest(int? topic)
    {
        var path = topic is { } number ? $"{HubPath}?match={TopicName(number)}" : _streamPath;
        return Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {_url.Authority}\r\nAccept: text/event-stream\r\nCache-Control: no-store\r\n\r\n");
    }

    /// <summary>The head of a publish request; topic and stamp are written into the body that follows it.</summary>
    public byte[] PublishHead(int bodyLength) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"POST {HubPath} HTTP/1.1\r\nHost: {_url.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {bodyLength}\r\n\r\n"));

    /// <summary>The topic's name; all names of a run have the same length.</summary>
    public string TopicName(int topic) => TopicPrefix + topic.ToString("D5", CultureInfo.InvariantCulture);

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
