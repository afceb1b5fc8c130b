using CloudNative.CloudEvents;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fonte.Services;

/// <summary>Runs a service: what its group receives has its effect once, and what it has to say is sent.</summary>
/// <remarks>
/// <code>
/// group ─▶ [ inbox · handler: state, outbox · cursor ] one transaction ─▶ ack
///                                  └─▶ outbox relay ─▶ sender
/// </code>
/// A step that fails is tried again; one instance of several that share a store relays at a time.
/// </remarks>
public sealed partial class ServiceWorker : IAsyncDisposable
{
    private const int SentAtOnce = 100;
    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan InboxAge = TimeSpan.FromDays(7);
    private static readonly TimeSpan InboxInterval = TimeSpan.FromMinutes(1);

    private readonly ServiceStore _store;
    private readonly IConsumerGroup? _group;
    private readonly IEventSender _sender;
    private readonly Action<CloudEvent, ServiceTransaction> _handle;
    private readonly ILogger _logger;
    private readonly StoreLease _relaying;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private long _handled;
    private SqliteConnection? _receiving;
    private long? _forgotAt;
    private int _disposed;

    /// <summary>Makes one; it does nothing before <see cref="Start"/>.</summary>
    /// <param name="store">The service's store.</param>
    /// <param name="group">What it receives; <see langword="null"/> for a service that only sends.</param>
    /// <param name="sender">Where its events go.</param>
    /// <param name="handle">
    /// The effect of an event. Called once for each that is committed; what it throws undoes the transaction, and the event is given again, unless it is an <see cref="ImpossibleEventException"/>.
    /// </param>
    /// <param name="logger">Is told of what fails.</param>
    public ServiceWorker(ServiceStore store, IConsumerGroup? group, IEventSender sender, Action<CloudEvent, ServiceTransaction> handle, ILogger<ServiceWorker> logger)
    {
        ArgumentNullException.ThrowIfNull(store);
        (_store, _group, _sender, _handle, _logger) = (store, group, sender, handle, logger);
        _relaying = new(store, "fonte_outbox", TimeSpan.FromSeconds(6));
    }

    /// <summary>How many events have had their effect here.</summary>
    public long Handled => Interlocked.Read(ref _handled);

    /// <summary>Begins to receive and to send.</summary>
    public void Start() => _running = Task.WhenAll(LoopAsync(ReceiveAsync), LoopAsync(RelayAsync));

    /// <summary>An effect that no event has caused, such as a customer's order. Its events are sent as those of others.</summary>
    public void Run(Action<ServiceTransaction> effect)
    {
        ArgumentNullException.ThrowIfNull(effect);
        _store.Run((_, transaction) =>
        {
            effect(new(transaction));
            return true;
        });
        Wake();
    }

    /// <summary>Ends it; what is under way is finished or undone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _receiving?.Dispose();
        _stopping.Dispose();
    }

    private async Task LoopAsync(Func<CancellationToken, Task> step)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await step(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.Failed(_logger, exception.Message, exception is ConsumerGroupException or OperationCanceledException ? null : exception);
            }
            await Task.Delay(Backoff, _store.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_group is null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _store.Time, cancellationToken).ConfigureAwait(false);
            return;
        }
        await foreach (var delivery in _group.ReceiveAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await HandleAsync(delivery, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                await delivery.FailAsync(failure.Message, failure is ImpossibleEventException, cancellationToken).ConfigureAwait(false);
                continue;
            }
            await delivery.AckAsync(cancellationToken).ConfigureAwait(false);
            Wake();
        }
    }

    // A store that fails says nothing of the event, which waits: were it given back, a broker would count it and its neighbours.
    private async Task<Exception?> HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return Handle(_receiving ??= _store.Connect(), delivery);
            }
            catch (SqliteException exception) when (IsOfStore(exception))
            {
                _receiving?.Dispose();
                _receiving = null;
                Log.Failed(_logger, exception.Message, exception);
                await Task.Delay(Backoff, _store.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Any other is of what the handler wanted, such as a constraint.
    private static bool IsOfStore(SqliteException exception) =>
        exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED or SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_CORRUPT
            or SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_NOTADB;

    // A lease that is lost says nothing of the event either.
    private Exception? Handle(SqliteConnection connection, Delivery delivery)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        try
        {
            var received = ServiceTransaction.Read(delivery.Envelope);
            var isNew = _store.Receive(transaction, received);
            if (isNew)
            {
                _handle(received, new(transaction));
                ServiceStore.Count(transaction, "received", received.Type!);
            }
            delivery.Keep(transaction);
            transaction.Commit();
            if (isNew) Interlocked.Increment(ref _handled);
            return null;
        }
        catch (Exception exception) when (exception is not ConsumerGroupException && !(exception is SqliteException sqlite && IsOfStore(sqlite)))
        {
            transaction.Rollback();
            return exception;
        }
    }

    private async Task RelayAsync(CancellationToken cancellationToken)
    {
        var held = await _relaying.AcquireAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        using var connection = _store.Connect();
        while (true)
        {
            if (!await SendSomeAsync(connection, held.Lost).ConfigureAwait(false)) await _wake.WaitAsync(Backoff, held.Lost).ConfigureAwait(false);
        }
    }

    private async Task<bool> SendSomeAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        var events = new List<OutboxEvent>();
        var last = 0L;
        using (var command = connection.Command("SELECT seq, source, id, type, key, envelope FROM fonte_outbox ORDER BY seq LIMIT @count", ("@count", SentAtOnce)))
        {
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                last = reader.GetInt64(0);
                events.Add(new(reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), (byte[])reader[5]));
            }
        }
        ForgetOld();
        if (events.Count == 0) return false;
        try
        {
            await _sender.SendAsync(events, cancellationToken).ConfigureAwait(false);
        }
        catch (RefusedEventException exception)
        {
            // For good: those behind it must not wait for it.
            Log.Refused(_logger, exception.Refused.Source, exception.Refused.Id, exception.Message);
            using var burial = connection.BeginTransaction(deferred: false);
            _store.AddRefused(burial, exception.Refused, exception.Message);
            burial.Run("DELETE FROM fonte_outbox WHERE seq <= @last AND source = @source AND id = @id", ("@last", last), ("@source", exception.Refused.Source), ("@id", exception.Refused.Id));
            burial.Commit();
            return true;
        }
        using var transaction = connection.BeginTransaction(deferred: false);
        transaction.Run("DELETE FROM fonte_outbox WHERE seq <= @last", ("@last", last));
        transaction.Commit();
        return true;
    }

    private void ForgetOld()
    {
        if (_forgotAt is { } at && _store.Time.GetElapsedTime(at) < InboxInterval) return;
        _forgotAt = _store.Time.GetTimestamp();
        var before = _store.Time.GetUtcNow() - InboxAge;
        // Some at a time: others want to write too.
        while (_store.Run((_, transaction) => transaction.Run(
            "DELETE FROM fonte_inbox WHERE (source, id) IN (SELECT source, id FROM fonte_inbox WHERE at < @before LIMIT 1000)", ("@before", before.ToUnixTimeMilliseconds()))) > 0)
        {
        }
    }

    private void Wake()
    {
        lock (_wake)
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(12, LogLevel.Error, "The event {Id} of {Source} is refused for good and is a dead letter: {Sentence}")]
        internal static partial void Refused(ILogger logger, string source, string id, string sentence);

        [LoggerMessage(11, LogLevel.Warning, "A part of the service failed and begins again: {Sentence}")]
        internal static partial void Failed(ILogger logger, string sentence, Exception? cause);
    }
}
