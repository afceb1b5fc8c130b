using System.Threading.Channels;

namespace Fonte;

/// <summary>Records that were read from the broker and are not kept yet: so many bytes, and then reading waits. For one who puts and one who takes.</summary>
/// <param name="most">How many bytes may wait; one record may go beyond.</param>
internal sealed class RecordQueue(long most)
{
    private readonly Channel<SharedRecord> _records = Channel.CreateUnbounded<SharedRecord>(new() { SingleReader = true, SingleWriter = true });
    private readonly Lock _lock = new();
    private long _bytes;
    private TaskCompletionSource? _room;

    /// <summary>Whether none waits.</summary>
    internal bool IsEmpty => Interlocked.Read(ref _bytes) == 0;

    /// <summary>Puts a record in, and waits for room behind it.</summary>
    internal Task PutAsync(SharedRecord record, CancellationToken cancellationToken)
    {
        Task? room = null;
        lock (_lock)
        {
            _bytes += record.Bytes;
            if (_bytes > most) room = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        _records.Writer.TryWrite(record);
        return room?.WaitAsync(cancellationToken) ?? Task.CompletedTask;
    }

    /// <summary>Waits until there is one.</summary>
    internal ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _records.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes what is there, so many at most.</summary>
    internal void Take(List<SharedRecord> into, int count)
    {
        var bytes = 0L;
        while (into.Count < count && _records.Reader.TryRead(out var record))
        {
            into.Add(record);
            bytes += record.Bytes;
        }
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            _bytes -= bytes;
            if (_bytes <= most) (room, _room) = (_room, null);
        }
        room?.SetResult();
    }
}
