using System.Threading.Channels;

namespace Fonte.Kafka;

/// <summary>Records on their way from the thread that consumes to whoever reads: so many bytes at a time, and then the thread waits.</summary>
internal sealed class ReadWindow : IDisposable
{
    private readonly Channel<SharedRecord> _records = Channel.CreateUnbounded<SharedRecord>(new() { SingleReader = true });
    private readonly ManualResetEventSlim _room = new(initialState: true);
    private readonly long _most;
    private long _bytes;

    /// <param name="most">How many bytes may wait; one record may go beyond.</param>
    internal ReadWindow(long most) => _most = most;

    /// <summary>Waits for room, and puts a record in.</summary>
    internal void Put(SharedRecord record, CancellationToken cancellationToken)
    {
        _room.Wait(cancellationToken);
        if (Interlocked.Add(ref _bytes, record.Bytes) >= _most) _room.Reset();
        // Taken out between the two lines above.
        if (Interlocked.Read(ref _bytes) < _most) _room.Set();
        _records.Writer.TryWrite(record);
    }

    /// <summary>Ends it: whoever reads is told why, behind what is there.</summary>
    internal void Fail(SharedLogException cause) => _records.Writer.TryComplete(cause);

    /// <summary>Ends it without a reason.</summary>
    internal void End() => _records.Writer.TryComplete();

    internal async IAsyncEnumerable<SharedRecord> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in _records.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Interlocked.Add(ref _bytes, -record.Bytes) < _most) _room.Set();
            yield return record;
        }
    }

    public void Dispose() => _room.Dispose();
}
