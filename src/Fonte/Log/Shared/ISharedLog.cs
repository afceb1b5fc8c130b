namespace Fonte;

/// <summary>The one log that several hubs share, on a broker: records in one order, each at an offset of its own. Thread-safe.</summary>
/// <remarks>
/// Offsets rise, and may leave some out. What a broker keeps, and for how long, is its own matter. Whatever an implementation throws that is no
/// <see cref="SharedLogException"/> counts as a broken connection.
/// </remarks>
public interface ISharedLog : IAsyncDisposable
{
    /// <summary>What it is and where, for the operator; without a password.</summary>
    string Name { get; }

    /// <summary>The broker's kind, as OpenTelemetry's attribute <c>messaging.system</c> has it, such as <c>kafka</c>.</summary>
    string System { get; }

    /// <summary>Connects, and makes the log if it is missing. Called again after a failure.</summary>
    /// <exception cref="SharedLogException">It cannot be used now. The message is a sentence.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Appends records in their order, and completes when the broker has confirmed all of them.</summary>
    /// <exception cref="SharedLogException">Not all were confirmed; it says whether none was sent.</exception>
    Task ProduceAsync(IReadOnlyList<SharedRecord> records, CancellationToken cancellationToken);

    /// <summary>Reads records in order, beginning with the first whose offset is not below this one, and waits for more at the end. Never completes by itself.</summary>
    /// <param name="from">An offset; 0 for the oldest that is kept.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="SharedLogException">The connection broke, or the log is gone.</exception>
    IAsyncEnumerable<SharedRecord> ReadAsync(long from, CancellationToken cancellationToken);
}

/// <summary>A record of a shared log, in the form that all brokers' have in common.</summary>
/// <param name="Offset">Its place; 0 for one that is to be appended.</param>
/// <param name="Headers">Names and values; a name may come more than once.</param>
/// <param name="Body">The data.</param>
public sealed record SharedRecord(long Offset, IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>About how many bytes of memory it takes.</summary>
    public long Bytes
    {
        get
        {
            const int itself = 200;
            var bytes = (long)itself + Body.Length;
            foreach (var header in Headers) bytes += header.Key.Length + header.Value.Length;
            return bytes;
        }
    }
}

/// <summary>A shared log cannot be used. The message is a sentence for the operator.</summary>
public sealed class SharedLogException : Exception
{
    /// <summary>Makes one with the sentence for the operator.</summary>
    public SharedLogException(string message) : base(message) { }

    /// <summary>Makes one with the sentence for the operator and what caused it.</summary>
    public SharedLogException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Whether none of the records that were to be appended can have reached the broker.</summary>
    public bool NothingWasSent { get; init; }
}
