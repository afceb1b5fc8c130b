using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fonte;

/// <summary>The durable log: SQLite in WAL mode, one writer that commits all waiting appends together.</summary>
/// <remarks>
/// <code>
/// AppendAsync ─▶ pending ─▶ writer's thread: BEGIN, insert …, COMMIT (fsync) ─▶ tail in memory ─▶ NextOffset ─▶ acknowledge
/// Read ◀── tail in memory, or one of the read connections
/// </code>
/// </remarks>
public sealed partial class SqliteEventLog : IEventLog
{
    private const int MaxBatchEvents = 4096;
    private const int MaxBatchBytes = 4 * 1024 * 1024;
    private const int MostReaders = 8;
    private const int PagesAtOnce = 32;
    private const long MostWalBytes = 64 * 1024 * 1024;
    private const long WalGrowthPerTry = 4 * 1024 * 1024;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SqliteLogOptions _options;
    private readonly ILogger _logger;
    private readonly SqliteLogFile _file;
    private readonly TruncationMarks _marks;
    private readonly PendingRemovals _removals;
    private readonly TopicIndex _index;
    private readonly OpenBlocks _openBlocks = new();
    private readonly Ballast _ballast;
    private readonly LogUpkeep _upkeep;
    private readonly OffsetRing<LoggedEvent> _recent;
    private readonly PendingAppends _pending;
    private readonly TailSignal _tail = new();
    private readonly ConcurrentBag<SqliteLogReader> _readers = [];
    private readonly SemaphoreSlim _readerPlaces = new(MostReaders);
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SqliteLogWriter? _writer;
    // The writer's own; what others may see is the end of the events in memory.
    private long _next;
    private long _lastTime;
    private bool _isFull;
    private Removal? _finished;
    private long _emptyWalAbove = MostWalBytes;
    private long _erasures;
    private int _disposed;
    private volatile bool _shrinking;
    private volatile string? _fault;

    private SqliteEventLog(SqliteLogOptions options, ILogger logger, SqliteLogParts parts)
    {
        (_options, _logger, _file, _writer, _index, _ballast) = (options, logger, parts.File, parts.Writer, parts.Index, parts.Ballast);
        Fingerprint = parts.State.Fingerprint;
        (Identity, _next, _lastTime) = (parts.State.Identity, parts.State.NextOffset, parts.State.LastTime);
        _marks = new(parts.Rules, parts.State);
        _removals = new(_marks);
        _recent = new(_next, options.TailBytes);
        _pending = new(options.MaxPendingBytes);
        FillOpenBlocks(Block.Start(Math.Max(_index.SealedTo, Block.Of(_next) - 1)), _next);
        _upkeep = new(this, parts.Rules);
        _thread = new Thread(WriteLoop) { IsBackground = true, Name = "fonte-log" };
        _thread.Start();
        _upkeep.Start();
    }

    /// <summary>Opens the log in a folder, making it if there is none.</summary>
    /// <exception cref="LogUnavailableException">The folder or the log in it cannot be used; an existing file is left as it was.</exception>
    public static SqliteEventLog Open(SqliteLogOptions options, ILogger<SqliteEventLog> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        var parts = SqliteLogParts.Open(options);
        if (!parts.HasBallast) Log.NoBallast(logger, parts.File.Path);
        Log.Opened(logger, parts.File.Path, parts.State.Identity.Epoch, parts.State.OldestOffset, parts.State.NextOffset);
        try
        {
            return new SqliteEventLog(options, logger, parts);
        }
        catch (SqliteException exception)
        {
            parts.Writer.Dispose();
            parts.Index.Dispose();
            parts.File.Dispose();
            throw new LogUnavailableException($"The log {parts.File.Path} is damaged: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public LogIdentity Identity { get; }

    /// <inheritdoc/>
    public long OldestOffset => _marks.Oldest;

    /// <inheritdoc/>
    public long NextOffset => _recent.End;

    /// <inheritdoc/>
    public string? Fault => _fault ?? _upkeep.Fault;

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.Replica is not null) throw new InvalidOperationException("A replica takes only the records of its log.");
        if (_fault is not null) return new(new AppendResult(AppendOutcome.Unavailable));
        var append = new PendingAppend(request);
        var outcome = _pending.TryAdd(append);
        return outcome == AppendOutcome.Appended ? new(append.Completion) : new(new AppendResult(outcome));
    }

    /// <summary>Keeps records of the log whose replica this is, all or none, in that log's order.</summary>
    internal async Task<AppendOutcome> KeepAsync(ReplicaAppend records)
    {
        if (_fault is not null) return AppendOutcome.Unavailable;
        var append = new PendingAppend(records);
        var outcome = _pending.TryAdd(append);
        return outcome == AppendOutcome.Appended ? (await append.Completion.ConfigureAwait(false)).Outcome : outcome;
    }

    /// <summary>What stood for the last record when the replica was opened, or <see langword="null"/>.</summary>
    internal byte[]? Fingerprint { get; }

    /// <summary>The same as it is in the database now.</summary>
    internal byte[]? ReadFingerprint()
    {
        using var connection = SqliteConnections.Open(Path, Microsoft.Data.Sqlite.SqliteOpenMode.ReadOnly);
        return SqliteLogState.FingerprintOf(connection);
    }

    /// <summary>The epoch of the log whose replica is in a folder, or <see langword="null"/> where there is none.</summary>
    /// <exception cref="LogUnavailableException">What is there is no replica, or cannot be read.</exception>
    internal static LogEpoch? ReplicaIn(string directory)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(directory), SqliteLogSchema.FileName);
        if (!File.Exists(path)) return null;
        try
        {
            SqliteLogFile.CheckHeader(path);
            using var connection = SqliteConnections.Open(path, SqliteOpenMode.ReadOnly);
            if (!SqliteLogState.IsReplica(connection)) throw new LogUnavailableException($"The log {path} is no copy of a broker's; give another data folder.");
            return SqliteLogState.Lineage(connection)[^1];
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new LogUnavailableException($"The log {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Deletes the replica in a folder, which no process has open. What else is there stays.</summary>
    internal static void DiscardReplica(string directory)
    {
        if (!System.IO.Directory.Exists(directory)) return;
        foreach (var name in (ReadOnlySpan<string>)[SqliteLogSchema.FileName, TopicIndexSchema.FileName])
        {
            var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(directory), name);
            // The database last: without it a write-ahead log that was left would keep any log from being opened.
            foreach (var suffix in (ReadOnlySpan<string>)["-wal", "-shm", ""]) File.Delete(path + suffix);
        }
    }

    /// <inheritdoc/>
    public long Truncations => _marks.Version;

    /// <inheritdoc/>
    public long Erasures => Interlocked.Read(ref _erasures);

    /// <inheritdoc/>
    /// <remarks>The database, its write-ahead log and the index.</remarks>
    public long SizeBytes => ((string[])[Path, Path + "-wal", _index.Path, _index.Path + "-wal"]).Sum(file => new FileInfo(file) is { Exists: true } info ? info.Length : 0);

    /// <inheritdoc/>
    public LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var start = Math.Max(from, OldestOffset);
        var slice = _recent.ReadSlice(topics, start, maxEvents, maxBytes)
            ?? WithReader(reader => reader.Read(topics, start, NextOffset, maxEvents, maxBytes));
        // What was dropped meanwhile may be missing from the slice.
        var oldest = OldestOffset;
        return oldest <= start ? slice : new(oldest, Math.Max(oldest, slice.Next), [.. slice.Events.Where(logged => logged.Offset >= oldest)]);
    }

    /// <inheritdoc/>
    public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) =>
        _tail.WaitAsync(() => NextOffset > nextOffset, cancellationToken);

    /// <inheritdoc/>
    public long? FindEventId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return WithReader(reader => reader.FindEventId(id, OldestOffset, NextOffset));
    }

    /// <inheritdoc/>
    public long FindTime(long timeMicroseconds) => WithReader(reader =>
    {
        // Times rise with the offsets, so halving finds the place.
        var (low, high) = (OldestOffset, NextOffset);
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (reader.TimeFrom(middle) is { } time && time < timeMicroseconds) low = middle + 1;
            else high = middle;
        }
        return low;
    });

    /// <inheritdoc/>
    public long TruncatedTo(TopicSelection topics)
    {
        ArgumentNullException.ThrowIfNull(topics);
        return _marks.TruncatedTo(topics, topic => WithReader(reader => reader.TruncatedTo(topic)));
    }

    /// <summary>
    /// Deletes the history of a topic: all events up to now that name it, also among others, from the database, its write-ahead log and memory.
    /// Subscribers of any of their topics that had not seen them are told of a gap.
    /// </summary>
    /// <returns>How many events that were, once none of them is left.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up, or the log was closed; part of the history may be left.</exception>
    public Task<long> EraseAsync(string topic, CancellationToken cancellationToken = default) => EraseAsync(topic, long.MaxValue, cancellationToken);

    /// <summary>The same, of the events below an offset.</summary>
    internal Task<long> EraseAsync(string topic, long before, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        return _upkeep.EraseAsync(topic, before).WaitAsync(cancellationToken);
    }

    /// <summary>Commits what waits, then closes the files. Appends are refused from now on.</summary>
    public async ValueTask DisposeAsync()
    {
        _upkeep.Close();
        _pending.Close();
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _ended.Task.ConfigureAwait(false);
        await _upkeep.DisposeAsync().ConfigureAwait(false);
        while (_readers.TryTake(out var reader)) reader.Dispose();
        // The last to close, because only one that can write takes the write-ahead log away.
        Leave();
        _index.Dispose();
        _file.Dispose();
        _readerPlaces.Dispose();
    }

    internal string Path => _file.Path;

    internal TopicIndex Index => _index;

    internal OpenBlocks OpenBlocks => _openBlocks;

    internal TruncationMarks Marks => _marks;

    internal TimeProvider Time => _options.TimeProvider;

    /// <summary>Is told of what a tool asks to be erased, where it is not to be erased at once.</summary>
    internal Action<string>? ErasureAsked => _options.ErasureAsked;

    /// <summary>Does the upkeep once, and completes when it is done. For tests, which have no time to wait.</summary>
    internal Task UpkeepAsync() => _upkeep.PassAsync();

    /// <summary>Asks the writer for a removal. The marks hold at once; the task completes when all of it is durable.</summary>
    internal Task RemoveAsync(Removal removal)
    {
        var done = _removals.Post(removal);
        _pending.Wake();
        return done;
    }

    /// <summary>Asks the writer to give free pages back to the file system.</summary>
    internal void AskForShrink()
    {
        _shrinking = true;
        _pending.Wake();
    }

    internal void UpkeepFailed(TimeSpan backoff, Exception cause)
    {
        // While the log cannot be written this is only another sign of it.
        if (_fault is null) Log.UpkeepFailed(_logger, Path, backoff.TotalMilliseconds, cause);
    }

    internal void Erased(long count) => Log.Erased(_logger, Path, count);

    internal SqliteLogReader OpenReader() => new(_file.Path, _index, _openBlocks);

    // Nothing may be appended meanwhile: an event that is missing here would be missing from every replay of its topic.
    private void FillOpenBlocks(long from, long to)
    {
        using var reader = OpenReader();
        for (var block = Block.Of(from); block <= Block.Of(to); block++) _openBlocks.Begin(block);
        reader.ReadTopics(from, to, _openBlocks.Add);
    }

    // Bounded, so that many who ask at once cost neither connections nor memory; each is done within milliseconds.
    private T WithReader<T>(Func<SqliteLogReader, T> read)
    {
        _readerPlaces.Wait();
        SqliteLogReader? reader = null;
        try
        {
            if (!_readers.TryTake(out reader)) reader = OpenReader();
            var result = read(reader);
            _readers.Add(reader);
            reader = null;
            return result;
        }
        catch (SqliteException exception)
        {
            throw new LogDamagedException($"The log {_file.Path} cannot be read: {exception.Message}", exception);
        }
        finally
        {
            // A reader that failed is not used again.
            reader?.Dispose();
            _readerPlaces.Release();
        }
    }
}
