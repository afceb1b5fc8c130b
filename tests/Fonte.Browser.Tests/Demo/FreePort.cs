using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fonte.Browser.Tests.Demo;

/// <summary>A port for a server that is going to be started again on it.</summary>
/// <remarks>
/// One that the kernel gave lies where it also takes the ports of outgoing connections from: while the server is down, any
/// connection of this machine may get it, and the second start would fail.
/// </remarks>
internal static class FreePort
{
    private const int Lowest = 15_000;
    private const string KernelsRange = "/proc/sys/net/ipv4/ip_local_port_range";

    public static string Address()
    {
        var random = new Random();
        var end = End();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var port = random.Next(Lowest, end);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return $"http://{listener.LocalEndpoint}";
            }
            catch (SocketException)
            {
                // In use; try another.
            }
        }

        throw new InvalidOperationException("No free port was found on 127.0.0.1.");
    }

    // 32768 on Linux unless somebody has changed it.
    private static int End()
    {
        if (!File.Exists(KernelsRange)) return 32_768;
        var first = int.Parse(File.ReadAllText(KernelsRange).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
        return first > Lowest ? first : 32_768;
    }
}
