using System.Collections.Concurrent;
using CloudNative.CloudEvents;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Services.Tests;

/// <summary>A service that counts what it receives, in its own store, and says so by an event for each.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private const string Schema = "CREATE TABLE IF NOT EXISTS count (key TEXT NOT NULL, number INTEGER NOT NULL, seq INTEGER PRIMARY KEY AUTOINCREMENT);";
    private readonly ServiceWorker _worker;
    private readonly IConsumerGroup _group;
    private readonly IEventSender _sender;

    internal TestService(IServiceBroker broker, string file, string receives, string sends, Action<CloudEvent, ServiceTransaction> also, int maxAttempts)
    {
        Store = ServiceStore.Open(file, Schema);
        _group = broker.Group(receives, Store, maxAttempts, TimeSpan.FromMilliseconds(5));
        _sender = broker.Sender();
        _worker = new(Store, _group, _sender, (received, transaction) =>
        {
            var number = (string)received.Data!.ToString()!;
            transaction.Execute("INSERT INTO count (key, number) VALUES (@key, @number)", ("@key", received.Subject!), ("@number", number));
            transaction.Send(Event(sends, received.Subject!, number, $"{sends}/{received.Id}"));
            Given.Enqueue(received.Id!);
            also(received, transaction);
        }, NullLogger<ServiceWorker>.Instance);
    }

    internal ServiceStore Store { get; }

    /// <summary>What was handed to the handler, whether or not it was committed.</summary>
    internal ConcurrentQueue<string> Given { get; } = new();

    internal long Handled => _worker.Handled;

    internal static CloudEvent Event(string type, string key, string data, string? id = null) =>
        new() { Type = type, Source = new("/test", UriKind.Relative), Id = id ?? Guid.NewGuid().ToString(), Subject = key, Data = data, DataContentType = "application/json" };

    internal static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!isSo()) await Task.Delay(5, limit.Token);
    }

    internal void Start() => _worker.Start();

    internal void Run(Action<ServiceTransaction> effect) => _worker.Run(effect);

    /// <summary>The numbers that have had their effect, in their order.</summary>
    internal List<(string Key, long Number)> Counted()
    {
        using var connection = Store.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT key, number FROM count ORDER BY seq";
        using var reader = command.ExecuteReader();
        var all = new List<(string, long)>();
        while (reader.Read()) all.Add((reader.GetString(0), reader.GetInt64(1)));
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _group.DisposeAsync();
        (_sender as IDisposable)?.Dispose();
        if (_sender is IAsyncDisposable sender) await sender.DisposeAsync();
    }
}
