using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fonte;

/// <summary>File operations whose effect survives a power cut.</summary>
internal static partial class DurableFiles
{
    private const int ReadOnly = 0;

    /// <summary>Moves a finished file to its place, and makes the folder's entry for it durable.</summary>
    internal static void Rename(string from, string to)
    {
        using (var file = File.OpenHandle(from, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(file);
        File.Move(from, to);
        if (OperatingSystem.IsLinux()) FlushDirectory(Path.GetDirectoryName(to)!);
    }

    // .NET cannot open a folder, and without this fsync a power cut may take the new file's name away (POSIX fsync, rationale).
    private static void FlushDirectory(string directory)
    {
        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0) throw new IOException($"Cannot open the folder {directory}.", new Win32Exception());
        var failed = FileSync(descriptor) != 0;
        var error = new Win32Exception();
        _ = Close(descriptor);
        if (failed) throw new IOException($"Cannot flush the folder {directory}.", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
