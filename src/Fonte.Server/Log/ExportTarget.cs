namespace Fonte.Server;

/// <summary>Where an export goes: the standard output, or a file that has its name only when it is whole.</summary>
internal sealed class ExportTarget : IDisposable
{
    private readonly string? _unfinished;
    private readonly string? _path;

    private ExportTarget(Stream stream, string? unfinished = null, string? path = null) => (Stream, _unfinished, _path) = (stream, unfinished, path);

    internal Stream Stream { get; }

    internal static ExportTarget Open(string? path)
    {
        if (path is null) return new(new StandardOutputStream());
        // A device or a pipe stays what it is.
        if (IsDevice(path)) return new(new FileStream(path, FileMode.Open, FileAccess.Write));
        var unfinished = path + ".new";
        return new(new FileStream(unfinished, FileMode.Create, FileAccess.Write), unfinished, path);
    }

    /// <summary>Gives the file its name.</summary>
    internal void Keep()
    {
        if (Stream is FileStream file) file.Flush(flushToDisk: _path is not null);
        Stream.Dispose();
        if (_path is not null) File.Move(_unfinished!, _path, overwrite: true);
    }

    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // Of what is thrown away; the failure that led here was told.
        }
        if (_unfinished is not null) File.Delete(_unfinished);
    }

    private static bool IsDevice(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return false;
        var real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        return real.StartsWith("/dev/", StringComparison.Ordinal) || real.StartsWith("/proc/", StringComparison.Ordinal);
    }
}
