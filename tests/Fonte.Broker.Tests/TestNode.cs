using System.Text;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>A node: a replica of the shared log in a folder of its own, and whatever log it serves at the time.</summary>
internal sealed class TestNode : IReplicaHost, IAsyncDisposable
{
    internal static readonly byte[] ClusterKey = Encoding.ASCII.GetBytes("the key of the cluster, of thirty-two bytes");

    private readonly SharedLogReplica _replica;
    private volatile IEventLog? _log;

    internal TestNode(ISharedLog shared, string folder, Action<string>? warn = null, TimeSpan? appendTimeout = null)
    {
        _replica = new(shared, new()
        {
            Directory = folder,
            Local = epoch => new() { Directory = folder, Replica = epoch, BallastBytes = 0, Synchronous = SqliteSynchronous.Normal, Retention = new() { MaxAge = TimeSpan.Zero } },
            Format = new(ClusterKey, new(), ReservedNamespace.Default),
            Loggers = new Warnings(warn ?? (_ => { })),
            HubLease = TimeSpan.FromMilliseconds(300),
            LookTimeout = TimeSpan.FromSeconds(1),
            AppendTimeout = appendTimeout ?? TimeSpan.FromSeconds(5),
            Backoff = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100)),
        }, this);
    }

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal IEventLog Log => _log ?? throw new InvalidOperationException("There is no log yet.");

    internal bool HasLog => _log is not null;

    internal string? Fault => _replica.Fault;

    internal long Malformed => _replica.Malformed;

    /// <summary>How often another log took the place of one before.</summary>
    internal int Replacements { get; private set; }

    internal static async Task<TestNode> StartAsync(ISharedLog shared, string folder, Action<string>? warn = null, TimeSpan? appendTimeout = null)
    {
        var node = new TestNode(shared, folder, warn, appendTimeout);
        await node._replica.StartAsync();
        await UntilAsync(() => node.Fault is null);
        return node;
    }

    internal static async Task<TestNode> StartWithoutBrokerAsync(ISharedLog shared, string folder)
    {
        var node = new TestNode(shared, folder);
        await node._replica.StartAsync();
        return node;
    }

    /// <summary>Waits for what a background loop will bring about; fails after half a minute.</summary>
    internal static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!isSo()) await Task.Delay(5, limit.Token);
    }

    /// <summary>The same, of what has to be asked for.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await isSo()) await Task.Delay(20, limit.Token);
    }

    internal Task CurrentAsync(long next) => UntilAsync(() => HasLog && Log.NextOffset >= next && Fault is null);

    internal async Task<AppendResult> AppendAsync(string topic, string data, string? key = null) =>
        await Log.AppendAsync(new() { Events = [EventDraft.Create(topic, data)], IdempotencyKey = key is null ? null : new(key) }, Stop);

    internal List<LoggedEvent> Events()
    {
        var read = new List<LoggedEvent>();
        for (var from = 1L; from < Log.NextOffset;)
        {
            var slice = Log.Read(from, 1000, 1 << 20);
            read.AddRange(slice.Events);
            from = slice.Next;
        }
        return read;
    }

    internal IEnumerable<string> Data() => Events().Select(logged => Encoding.UTF8.GetString(logged.Data.Span));

    public Task TakeAsync(IEventLog log)
    {
        _log = log;
        return Task.CompletedTask;
    }

    public async Task ReleaseAsync()
    {
        Replacements++;
        var log = Interlocked.Exchange(ref _log, null);
        await log!.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _replica.DisposeAsync();
        if (_log is not null) await _log.DisposeAsync();
    }

    private sealed class Warnings(Action<string> warn) : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => warn(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
