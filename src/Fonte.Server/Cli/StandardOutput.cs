using System.Runtime.InteropServices;
using System.Text;

namespace Fonte.Server;

/// <summary>The standard output, which tells when nobody reads it any more; .NET's own swallows that.</summary>
internal static partial class StandardOutput
{
    private const int Descriptor = 1;
    private const int Interrupted = 4;
    private const int BrokenPipe = 32;
    private const short Writable = 4;

    // EAGAIN, which differs between systems: another process may have made a shared terminal or pipe non-blocking.
    private static readonly int TryAgain = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Writes a line and returns true, or false when the reader has gone.</summary>
    /// <exception cref="CommandException">The output cannot be written, for instance because the disk is full.</exception>
    internal static bool WriteLine(string line)
    {
        if (!OperatingSystem.IsWindows()) return Write(Encoding.UTF8.GetBytes(line + "\n"));
        Console.Out.WriteLine(line);
        return true;
    }

    /// <summary>Writes all bytes and returns true, or false when the reader has gone.</summary>
    /// <exception cref="CommandException">The output cannot be written, for instance because the disk is full.</exception>
    internal static bool Write(ReadOnlySpan<byte> bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            using var output = Console.OpenStandardOutput();
            output.Write(bytes);
            return true;
        }
        var rest = bytes;
        while (rest.Length > 0)
        {
            var written = Write(Descriptor, rest, (nuint)rest.Length);
            if (written >= 0) rest = rest[(int)written..];
            else if (Marshal.GetLastPInvokeError() is var error && error == BrokenPipe) return false;
            else if (error == TryAgain) WaitUntilWritable();
            else if (error != Interrupted) throw new CommandException($"The output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.", FonteCommand.Failed);
        }
        return true;
    }

    private static void WaitUntilWritable()
    {
        var output = new PollDescriptor { Descriptor = Descriptor, Events = Writable };
        _ = Poll(ref output, 1, -1);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, uint count, int timeout);
}
