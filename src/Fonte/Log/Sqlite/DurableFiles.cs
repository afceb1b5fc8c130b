using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fonte;

/// <summary>File operations whose effect survives a power cut, and the lock that ends with the process.</summary>
internal static partial class DurableFiles
{
    private const int ReadOnly = 0;
    private const int ReadWriteCreateCloseOnExec = 2 | 0x40 | CloseOnExec;
    private const int CloseOnExec = 0x80000;
    private const int OwnerWritesAllRead = 0x1A4;
    private const int ExclusiveNonBlocking = 2 | 4;
    private const int SharedNonBlocking = 1 | 4;
    private const int WouldBlock = 11;

    /// <summary>Makes a folder and those above it, and makes the new entries durable.</summary>
    internal static void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory)) return;
        var parent = Path.GetDirectoryName(directory);
        if (parent is not null) CreateDirectory(parent);
        Directory.CreateDirectory(directory);
        if (parent is not null && OperatingSystem.IsLinux()) FlushDirectory(parent);
    }

    /// <summary>Moves a finished file to its place, and makes the folder's entry for it durable.</summary>
    internal static void Rename(string from, string to, bool overwrite = false)
    {
        using (var file = File.OpenHandle(from, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(file);
        File.Move(from, to, overwrite);
        if (OperatingSystem.IsLinux()) FlushDirectory(Path.GetDirectoryName(to)!);
    }

    /// <summary>Locks a file until the handle is closed or the process ends, however it ends; null when another holds it.</summary>
    /// <exception cref="IOException">The file cannot be made, or the file system has no locks.</exception>
    internal static SafeFileHandle? TryLock(string path)
    {
        if (!OperatingSystem.IsLinux()) return TryOpenAlone(path);
        // Not by .NET, whose lock can be switched off by the environment and does not tell "held" from "failed".
        var descriptor = Open(path, ReadWriteCreateCloseOnExec, OwnerWritesAllRead);
        if (descriptor < 0) throw new IOException(new Win32Exception().Message);
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FileLock(file, ExclusiveNonBlocking) == 0) return file;
        var error = Marshal.GetLastPInvokeError();
        file.Dispose();
        return error == WouldBlock ? null : throw new IOException($"The file {path} cannot be locked.", new Win32Exception(error));
    }

    /// <summary>Whether a process, this one included, holds the lock now. Changes nothing; holds a shared lock for some microseconds.</summary>
    internal static bool IsLocked(string path)
    {
        if (!File.Exists(path)) return false;
        if (!OperatingSystem.IsLinux())
        {
            using var alone = TryOpenAlone(path);
            return alone is null;
        }
        var descriptor = Open(path, ReadOnly | CloseOnExec, 0);
        if (descriptor < 0) return false;
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        return FileLock(file, SharedNonBlocking) != 0 && Marshal.GetLastPInvokeError() == WouldBlock;
    }

    private static SafeFileHandle? TryOpenAlone(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    // .NET cannot open a folder, and without this fsync a power cut may take the new file's name away (POSIX fsync, rationale).
    private static void FlushDirectory(string directory)
    {
        var descriptor = Open(directory, ReadOnly, 0);
        if (descriptor < 0) throw new IOException($"Cannot open the folder {directory}.", new Win32Exception());
        var failed = FileSync(descriptor) != 0;
        var error = new Win32Exception();
        _ = Close(descriptor);
        if (failed) throw new IOException($"Cannot flush the folder {directory}.", error);
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
