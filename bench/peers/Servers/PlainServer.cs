using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Fonte.PeerBench;

/// <summary>The event stream as ASP.NET Core's own documentation has it: <c>TypedResults.ServerSentEvents</c> over a channel for each subscriber.</summary>
internal static class PlainServer
{
    private static readonly ConcurrentDictionary<Channel<string>, bool> Subscribers = [];

    public static async Task RunAsync(int port, CancellationToken cancellationToken)
    {
        await using var app = PeerApplication.Create(port).Build();
        app.MapGet("/stream", (CancellationToken gone) => TypedResults.ServerSentEvents(StreamAsync(gone)));
        app.MapPost("/publish", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var text = await reader.ReadToEndAsync();
            foreach (var (channel, _) in Subscribers)
                channel.Writer.TryWrite(text);
        });
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static async IAsyncEnumerable<SseItem<string>> StreamAsync([EnumeratorCancellation] CancellationToken gone)
    {
        var channel = Channel.CreateUnbounded<string>();
        Subscribers.TryAdd(channel, true);
        try
        {
            // The response begins with its first event.
            yield return new SseItem<string>("", "open");
            await foreach (var text in channel.Reader.ReadAllAsync(gone))
                yield return new SseItem<string>(text);
        }
        finally
        {
            Subscribers.TryRemove(channel, out _);
        }
    }
}
