using System.Globalization;
using System.Runtime.InteropServices;

namespace Fonte;

/// <summary>How many descriptors, and so sockets, the process may have (POSIX getrlimit).</summary>
public static partial class DescriptorLimit
{
    private const int Reserved = 512;
    private const int Unlimited = 1_000_000;
    private const int OpenFiles = 7;

    /// <summary>Raises the soft limit to the hard one where the system has them, and returns what holds now.</summary>
    public static long Raise()
    {
        if (!OperatingSystem.IsLinux() || GetLimit(OpenFiles, out var limit) != 0) return Current();
        if (limit.Soft < limit.Hard)
        {
            limit.Soft = limit.Hard;
            _ = SetLimit(OpenFiles, in limit);
        }
        return Current();
    }

    /// <summary>The soft limit; a large number where the system has none.</summary>
    public static long Current() =>
        OperatingSystem.IsLinux() && GetLimit(OpenFiles, out var limit) == 0 && limit.Soft < Unlimited ? (long)limit.Soft : Unlimited;

    /// <summary>How many subscribers that leaves room for, beside the log's files, publishers and listeners.</summary>
    internal static int Subscribers() => (int)Math.Max(16, Current() - Reserved);

    /// <summary>The limit as a sentence for the log.</summary>
    public static string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"The process may open {Current()} files and sockets; so {Subscribers()} subscribers fit.");

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        internal nuint Soft;
        internal nuint Hard;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in ResourceLimit limit);
}
