namespace Fonte;

/// <summary>Ends the streams of some owners in all pumps, and counts them. Thread-safe.</summary>
/// <param name="chosen">Whose streams.</param>
/// <param name="reason">Why.</param>
/// <param name="pumps">How many pumps take part.</param>
internal sealed class StreamSweep(Func<IStreamOwner, bool> chosen, DisconnectReason reason, int pumps)
{
    private readonly TaskCompletionSource<int> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = pumps;
    private int _ended;

    internal DisconnectReason Reason => reason;

    /// <summary>How many streams were ended, when all pumps have looked.</summary>
    internal Task<int> Completion => _done.Task;

    internal bool Chooses(IStreamOwner owner) => chosen(owner);

    /// <summary>A pump has looked at all of its streams.</summary>
    internal void Done(int ended)
    {
        Interlocked.Add(ref _ended, ended);
        if (Interlocked.Decrement(ref _left) == 0) _done.SetResult(Volatile.Read(ref _ended));
    }
}
