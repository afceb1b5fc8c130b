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
    private const long MostWalBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SqliteLogOptions _options;
    private readonly ILogger _logger;
    private readonly SqliteLogFile _file;
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
    private int _disposed;
    private volatile string? _fault;

    private SqliteEventLog(SqliteLogOptions options, ILogger logger, SqliteLogFile file, SqliteLogWriter writer, SqliteLogState state)
    {
        (_options, _logger, _file, _writer) = (options, logger, file, writer);
        (Identity, OldestOffset, _next, _lastTime) = (state.Identity, state.OldestOffset, state.NextOffset, state.LastTime);
        _recent = new(state.NextOffset, options.TailBytes);
        _pending = new(options.MaxPendingBytes);
        _thread = new Thread(WriteLoop) { IsBackground = true, Name = "fonte-log" };
        _thread.Start();
    }

    /// <summary>Opens the log in a folder, making it if there is none.</summary>
    /// <exception cref="LogUnavailableException">The folder or the log in it cannot be used; an existing file is left as it was.</exception>
    public static SqliteEventLog Open(SqliteLogOptions options, ILogger<SqliteEventLog> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        var file = SqliteLogFile.Open(Path.GetFullPath(options.Directory), options.TimeProvider);
        SqliteLogWriter? writer = null;
        try
        {
            writer = new SqliteLogWriter(file.Path);
            var state = SqliteLogState.Enter(writer.Connection, options.Synchronous, options.TimeProvider.GetUnixMicroseconds());
            writer.Relax(options.Synchronous);
            Log.Opened(logger, file.Path, state.Identity.Epoch, state.OldestOffset, state.NextOffset);
            return new SqliteEventLog(options, logger, file, writer, state);
        }
        catch (SqliteException exception)
        {
            writer?.Dispose();
            file.Dispose();
            throw new LogUnavailableException($"The log {file.Path} cannot be opened: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public LogIdentity Identity { get; }

    /// <inheritdoc/>
    public long OldestOffset { get; }

    /// <inheritdoc/>
    public long NextOffset => _recent.End;

    /// <inheritdoc/>
    public string? Fault => _fault;

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (_fault is not null) return new(new AppendResult(AppendOutcome.Unavailable));
        var append = new PendingAppend(request);
        var outcome = _pending.TryAdd(append);
        return outcome == AppendOutcome.Appended ? new(append.Completion) : new(new AppendResult(outcome));
    }

    /// <inheritdoc/>
    public LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var start = Math.Max(from, OldestOffset);
        if (_recent.ReadSlice(topics, start, maxEvents, maxBytes) is { } slice) return slice;
        var end = NextOffset;
        return WithReader(reader => reader.Read(topics, start, end, maxEvents, maxBytes));
    }

    /// <inheritdoc/>
    public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) =>
        _tail.WaitAsync(() => NextOffset > nextOffset, cancellationToken);

    /// <inheritdoc/>
    public long? FindEventId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return WithReader(reader => reader.FindEventId(id)) is { } offset && offset < NextOffset ? offset : null;
    }

    /// <inheritdoc/>
    public long FindTime(long timeMicroseconds) => NextOffset;

    /// <inheritdoc/>
    public long TruncatedTo(TopicSelection topics) => OldestOffset;

    /// <summary>Commits what waits, then closes the files. Appends are refused from now on.</summary>
    public async ValueTask DisposeAsync()
    {
        _pending.Close();
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _ended.Task.ConfigureAwait(false);
        while (_readers.TryTake(out var reader)) reader.Dispose();
        _file.Dispose();
        _readerPlaces.Dispose();
    }

    // Bounded, so that many who ask at once cost neither connections nor memory; each is done within milliseconds.
    private T WithReader<T>(Func<SqliteLogReader, T> read)
    {
        _readerPlaces.Wait();
        SqliteLogReader? reader = null;
        try
        {
            if (!_readers.TryTake(out reader)) reader = new SqliteLogReader(_file.Path);
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
