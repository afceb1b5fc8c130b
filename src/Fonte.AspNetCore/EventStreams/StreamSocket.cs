using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>Bounds what a slow subscriber holds in the kernel, and ends one whose peer has vanished (Linux, tcp(7)).</summary>
internal static class StreamSocket
{
    private const int Tcp = 6;
    private const int UserTimeout = 18;
    private const int NotSentLowWater = 25;

    // With this a stalled subscriber was measured to hold 170 kB of kernel memory, and 4.1 MB without.
    private const int MostUnsentBytes = 16 * 1024;

    internal static void Tune(HttpContext context, TimeSpan writeTimeout)
    {
        if (!OperatingSystem.IsLinux() || context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket) return;
        try
        {
            Set(socket, NotSentLowWater, MostUnsentBytes);
            Set(socket, UserTimeout, (int)writeTimeout.TotalMilliseconds);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client has gone in this moment, or it is not TCP; both are no reason to end the stream here.
        }
    }

    private static void Set(Socket socket, int option, int value) =>
        socket.SetRawSocketOption(Tcp, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
}
