using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fonte.Durability;

/// <summary>A server with the fault that the checker must find: it acknowledges an event before the commit.</summary>
internal static class SabotagedServer
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(arguments.Text("--urls")!);
        builder.Services.AddFonte(options => options.AnonymousPublish = true).UseEventLog(services => new EarlyLog(SqliteEventLog.Open(
            new() { Directory = arguments.Text("--data")! }, services.GetRequiredService<ILogger<SqliteEventLog>>())));
        await using var app = builder.Build();
        app.MapFonte();
        app.MapFonteHealthChecks();
        await app.RunAsync();
        return 0;
    }

    /// <summary>Guesses the offset that the commit will give, answers with it, and commits a little later.</summary>
    private sealed class EarlyLog(SqliteEventLog log) : IEventLog
    {
        private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(20);
        private readonly Lock _lock = new();
        private readonly Channel<PublishRequest> _later = Channel.CreateUnbounded<PublishRequest>();
        private long _next = log.NextOffset;
        private Task? _committing;

        public LogIdentity Identity => log.Identity;

        public long OldestOffset => log.OldestOffset;

        public long NextOffset => log.NextOffset;

        public string? Fault => log.Fault;

        public ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default)
        {
            lock (_lock)
            {
                _committing ??= Task.Run(CommitAsync, CancellationToken.None);
                _later.Writer.TryWrite(request);
                return new(new AppendResult(AppendOutcome.Appended, _next++));
            }
        }

        public LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes) => log.Read(topics, from, maxEvents, maxBytes);

        public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) => log.WaitForTailAsync(nextOffset, cancellationToken);

        public long? FindEventId(string id) => log.FindEventId(id);

        public long FindTime(long timeMicroseconds) => log.FindTime(timeMicroseconds);

        public long TruncatedTo(TopicSelection topics) => log.TruncatedTo(topics);

        public long Erasures => log.Erasures;

        public async ValueTask DisposeAsync()
        {
            _later.Writer.TryComplete();
            if (_committing is not null) await _committing;
            await log.DisposeAsync();
        }

        private async Task CommitAsync()
        {
            while (await _later.Reader.WaitToReadAsync())
            {
                await Task.Delay(Late);
                var appends = new List<Task>();
                while (_later.Reader.TryRead(out var request)) appends.Add(log.AppendAsync(request).AsTask());
                await Task.WhenAll(appends);
            }
        }
    }
}
