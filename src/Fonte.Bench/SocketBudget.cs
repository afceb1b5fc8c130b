using System.Globalization;

namespace Fonte.Bench;

/// <summary>How many files and sockets this process may hold open, where the system tells.</summary>
internal static class SocketBudget
{
    private const int Reserve = 64;

    /// <exception cref="BenchException">The run would need more than the soft limit.</exception>
    public static void Require(int connections)
    {
        if (SoftLimit() is not { } limit)
            return;
        var inUse = Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : 0;
        var most = Math.Max(0, limit - inUse - Reserve);
        if (connections > most)
        {
            throw new BenchException(string.Create(CultureInfo.InvariantCulture,
                $"This process may open {limit:N0} files and sockets, enough for {most:N0} connections, not for {connections:N0}: " +
                $"lower --subscribers or raise the limit (ulimit -n)."));
        }
    }

    private static long? SoftLimit()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits))
            return null;
        const string Name = "Max open files";
        foreach (var line in File.ReadLines(Limits))
        {
            if (!line.StartsWith(Name, StringComparison.Ordinal))
                continue;
            var soft = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
        }

        return null;
    }
}
