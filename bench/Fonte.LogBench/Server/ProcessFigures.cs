using System.Globalization;

namespace Fonte.LogBench;

/// <summary>What the kernel tells of a process (proc(5)).</summary>
internal static class ProcessFigures
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of processor time so far, user and system.</summary>
    public static double ProcessorSeconds(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        // The name, in parentheses, may hold spaces.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>The most memory it ever had resident, in MB of a million bytes.</summary>
    public static double PeakMegabytes(int process) => Megabytes($"/proc/{process}/status", "VmHWM:");

    /// <summary>Its share of the memory it has now, pages shared with others counted in parts.</summary>
    public static double ProportionalMegabytes(int process) => Megabytes($"/proc/{process}/smaps_rollup", "Pss:");

    private static double Megabytes(string file, string name)
    {
        foreach (var line in File.ReadLines(file))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
                return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024 / 1e6;
        }

        return 0;
    }
}
