using System.Diagnostics;
using System.Globalization;

namespace Fonte.Server;

/// <summary>How far a tool is, in one line of the standard error when that is a terminal; otherwise nothing.</summary>
internal sealed class ProgressBar : IProgress<LogProgress>, IProgress<Bench.BenchProgress>, IDisposable
{
    private const int Width = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly bool IsTerminal = !Console.IsErrorRedirected;
    private long _drawn;
    private bool _isOpen;

    public void Report(LogProgress value) => Draw(value.Done, value.Total, value.Events, "events");

    public void Report(Bench.BenchProgress value) => Draw(value.Elapsed.Ticks, value.Total.Ticks, value.Deliveries, "deliveries");

    private void Draw(long done, long total, long count, string what)
    {
        if (!IsTerminal || (_isOpen && Stopwatch.GetElapsedTime(_drawn) < Interval)) return;
        _drawn = Stopwatch.GetTimestamp();
        _isOpen = true;
        var share = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;
        var filled = (int)(share * Width);
        var bar = total > 0 ? $"[{new string('#', filled)}{new string('.', Width - filled)}] {share * 100,3:0} %  " : "";
        Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{bar}{count:#,0} {what} "));
    }

    /// <summary>Takes the line away, so that a sentence can stand there.</summary>
    internal void Clear()
    {
        if (!_isOpen) return;
        _isOpen = false;
        Console.Error.Write("\r\u001b[K");
    }

    public void Dispose() => Clear();
}
