using System.Globalization;

namespace Fonte.Durability;

/// <summary>A worker as the checker sees it: what it last said, and a signal when that changes.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly Action _onChange;
    private long _acknowledged;
    private long _refused;
    private long _subscribed;
    private volatile string? _failure;
    private volatile bool _isFinished;

    public WorkerProcess(IEnumerable<string> arguments, Action onChange)
    {
        _onChange = onChange;
        _process = new ChildProcess([.. ChildProcess.OwnCommand, .. arguments], Take);
    }

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    public long Refused => Volatile.Read(ref _refused);

    public long Subscribed => Volatile.Read(ref _subscribed);

    public bool IsFinished => _isFinished;

    public Task TellAsync(string line) => _process.TellAsync(line);

    /// <exception cref="CheckerException">The worker failed.</exception>
    public void RequireRunning()
    {
        if (_failure is { } failure)
            throw new CheckerException(failure);
        if (_process.HasEnded && !_isFinished)
            throw new CheckerException("A worker process ended by itself.");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private void Take(string line)
    {
        switch (line.Split(' ', 2))
        {
            case ["acknowledged", var count]:
                Raise(ref _acknowledged, count);
                break;
            case ["refused", var count]:
                Raise(ref _refused, count);
                break;
            case ["subscribed", var count]:
                Raise(ref _subscribed, count);
                break;
            case ["finished"]:
                _isFinished = true;
                break;
            case ["failed", var sentence]:
                _failure = sentence;
                break;
            default:
                _failure ??= "A worker said: " + line;
                break;
        }

        _onChange();
    }

    private static void Raise(ref long value, string text) =>
        Volatile.Write(ref value, Math.Max(Volatile.Read(ref value), long.Parse(text, CultureInfo.InvariantCulture)));
}
