namespace Fonte.LogBench;

/// <summary>Looks at a number again and again, and keeps the largest.</summary>
internal sealed class Sampler : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _looking;

    public Sampler(TimeSpan interval, Func<double> look) => _looking = LookAsync(interval, look);

    public double Maximum { get; private set; }

    /// <summary>The length of a file, or 0 while there is none.</summary>
    public static double LengthOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task LookAsync(TimeSpan interval, Func<double> look)
    {
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(_stop.Token))
            Maximum = Math.Max(Maximum, look());
    }
}
