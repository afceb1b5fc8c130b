using System.Globalization;

namespace Fonte.Bench;

/// <summary>The processes of the server under test, and what the kernel tells of them (Linux, proc(5)).</summary>
internal sealed class ServerProcesses
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;
    private readonly int[] _roots;

    private ServerProcesses(int[] roots) => _roots = roots;

    /// <summary>The process that is asked for, or those that listen at a port; <see langword="null"/> when there is none to see.</summary>
    public static ServerProcesses? Find(int? process, int port)
    {
        if (!Directory.Exists("/proc/self")) return null;
        int[] roots = process is { } given ? [given] : Listening(port);
        return roots.Length > 0 && roots.All(root => Directory.Exists($"/proc/{root}")) ? new(roots) : null;
    }

    /// <summary>Processor time that they and their children have used so far, user and system; in steps of 10 ms.</summary>
    public TimeSpan ProcessorTime => TimeSpan.FromSeconds(All().Sum(process => Ticks(process) / TicksPerSecond));

    /// <summary>Their memory in bytes, pages that they share counted in parts (PSS).</summary>
    public long Memory => All().Sum(Proportional);

    private HashSet<int> All()
    {
        var children = new Dictionary<int, List<int>>();
        foreach (var process in Processes())
        {
            if (Fields(process) is not { } fields) continue;
            var parent = int.Parse(fields[1], CultureInfo.InvariantCulture);
            if (!children.TryGetValue(parent, out var list)) children.Add(parent, list = []);
            list.Add(process);
        }

        var all = new HashSet<int>();
        var open = new Stack<int>(_roots);
        while (open.TryPop(out var process))
        {
            if (all.Add(process) && children.TryGetValue(process, out var list)) list.ForEach(open.Push);
        }

        return all;
    }

    private static int[] Listening(int port)
    {
        var suffix = $":{port:X4}";
        var sockets = new HashSet<string>();
        foreach (var table in (ReadOnlySpan<string>)["/proc/net/tcp", "/proc/net/tcp6"])
        {
            if (!File.Exists(table)) continue;
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                // sl local_address rem_address st … inode: a local address ends with :PORT in hexadecimal, and 0A is LISTEN.
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && fields[3] == "0A" && fields[1].EndsWith(suffix, StringComparison.Ordinal))
                    sockets.Add($"socket:[{fields[9]}]");
            }
        }

        return sockets.Count == 0 ? [] : [.. Processes().Where(process => Holds(process, sockets))];
    }

    private static bool Holds(int process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{process}/fd").Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return false;
        }
    }

    private static IEnumerable<int> Processes() =>
        Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder.AsSpan()), out var process) ? process : 0).Where(process => process > 0);

    private static long Ticks(int process) => Fields(process) is { } fields
        ? long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)
        : 0;

    // From the state on: the name before it, in parentheses, may hold spaces.
    private static string[]? Fields(int process) => Read($"/proc/{process}/stat") is { } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static long Proportional(int process)
    {
        const string Name = "Pss:";
        var line = Read($"/proc/{process}/smaps_rollup")?.Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
