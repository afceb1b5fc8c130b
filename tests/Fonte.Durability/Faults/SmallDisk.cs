using System.Diagnostics;
using System.Globalization;

namespace Fonte.Durability;

/// <summary>A small file system of its own, in memory, that can be filled and freed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int MegaBytes = 96;
    private readonly string _path;
    private readonly string _filler;

    /// <exception cref="CheckerException">It cannot be mounted.</exception>
    public SmallDisk(string path)
    {
        (_path, _filler) = (path, Path.Combine(path, "filler"));
        Directory.CreateDirectory(path);
        if (Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={MegaBytes}m,mode=0700"), "fonte-durability", path) is { } failure)
            throw new CheckerException($"A small disk cannot be mounted at {path} ({failure}); run as root, or leave out the fault full.");
    }

    /// <summary>Whether so little is free that publishing would fill the disk by itself.</summary>
    public bool IsNearlyFull => new DriveInfo(_path).AvailableFreeSpace < MegaBytes * 1024L * 1024 / 3;

    /// <summary>Takes all room there is; what became free meanwhile is taken by calling it again.</summary>
    public void Fill()
    {
        using var filler = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        Span<byte> block = stackalloc byte[4096];
        try
        {
            while (true)
                filler.Write(block);
        }
        catch (IOException)
        {
            // Full: what was wanted.
        }
    }

    public void Free() => File.Delete(_filler);

    public void Dispose()
    {
        // Lazily, for a server that is still going holds files open.
        if (Run("umount", "-l", _path) is null)
            Directory.Delete(_path);
    }

    private static string? Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : errors.ReplaceLineEndings(" ").Trim();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
