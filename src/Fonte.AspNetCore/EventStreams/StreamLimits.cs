using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>Counts open event streams by address and by whom their tokens are for (Mercure draft -08, "Subscription"; CWE-770). Thread-safe.</summary>
/// <remarks>Counted when a stream has begun: of requests that come in the same moment a few more than the limit may pass.</remarks>
internal sealed class StreamLimits(IOptions<FonteHttpOptions> options)
{
    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>The count that the request's stream goes into, wrapped around another tracker; or <see langword="null"/> when there are enough.</summary>
    /// <param name="context">The request.</param>
    /// <param name="token">Its access token, if it has one.</param>
    /// <param name="inner">Is told too.</param>
    /// <param name="tracker">What the stream is to tell; the inner one where there is no limit.</param>
    internal bool TryCount(HttpContext context, AccessToken? token, ISubscriberTracker? inner, out ISubscriberTracker? tracker)
    {
        tracker = inner;
        if (options.Value.MaxStreamsPerAddress > 0 && context.Connection.RemoteIpAddress is { } address && !TryCount(AddressKey(address), options.Value.MaxStreamsPerAddress, ref tracker)) return false;
        return options.Value.MaxStreamsPerSubject == 0 || token is null || TryCount($"{token.Issuer}\n{token.Holder}", options.Value.MaxStreamsPerSubject, ref tracker);
    }

    private bool TryCount(string key, int most, ref ISubscriberTracker? tracker)
    {
        if (_open.GetValueOrDefault(key) >= most) return false;
        tracker = new Count(this, key, tracker);
        return true;
    }

    // Who has one address of IPv6 has all of its network (RFC 4291, section 2.5.1).
    private static string AddressKey(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    private sealed class Count(StreamLimits limits, string key, ISubscriberTracker? inner) : ISubscriberTracker
    {
        public void Begun()
        {
            limits._open.AddOrUpdate(key, 1, static (_, open) => open + 1);
            inner?.Begun();
        }

        public void Ended()
        {
            var left = limits._open.AddOrUpdate(key, 0, static (_, open) => open - 1);
            if (left == 0) limits._open.TryRemove(new(key, 0));
            inner?.Ended();
        }
    }
}
