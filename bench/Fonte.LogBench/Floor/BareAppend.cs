using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Fonte.Bench;
using Microsoft.Win32.SafeHandles;

namespace Fonte.LogBench;

/// <summary>The floor of one acknowledgement: an append of the event's bytes and <c>fdatasync</c>, one after the other.</summary>
internal static partial class BareAppend
{
    public static LatencyHistogram Measure(string folder, TimeSpan duration)
    {
        using var file = File.OpenHandle(Path.Combine(folder, "append"), FileMode.Create, FileAccess.Write);
        var latencies = new LatencyHistogram();
        var begun = Stopwatch.GetTimestamp();
        for (long length = 0; Stopwatch.GetElapsedTime(begun) < duration; length += BenchEvents.DataLength)
        {
            var start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, BenchEvents.Data, length);
            if (DataSync(file) != 0)
                throw new LogBenchException($"fdatasync failed: {new Win32Exception().Message}.");
            latencies.Record(Stopwatch.GetTimestamp() - start);
        }

        return latencies;
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);
}
