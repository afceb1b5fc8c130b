using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Fonte.Durability;

/// <summary>A process of publishers or of subscribers, told what to do on its standard input by the checker.</summary>
/// <remarks>
/// <code>
/// to the worker     server PID · stop (publishers) · until OFFSET (subscribers)
/// from the worker   acknowledged COUNT · refused COUNT · subscribed COUNT · finished · failed SENTENCE
/// </code>
/// When the input ends without <c>stop</c> or <c>until</c>, the checker is gone: the worker kills the server and ends.
/// </remarks>
internal static class Worker
{
    public static async Task<int> PublishAsync(Arguments arguments)
    {
        using var stop = new CancellationTokenSource();
        long acknowledged = 0;
        long refused = 0;
        var pause = arguments.Number("--pause", 0);
        PublisherWorker[] publishers = [.. Create(arguments, (endPoint, folder, index, seed) => new PublisherWorker(endPoint, folder, index, seed, isAcknowledged =>
        {
            if (isAcknowledged)
                Say("acknowledged", Interlocked.Increment(ref acknowledged));
            else
                Say("refused", Interlocked.Increment(ref refused));
        }, pause))];
        return await RunAsync(publishers.Select(publisher => publisher.RunAsync(stop.Token)), publishers, words =>
        {
            if (words is ["stop"])
                stop.Cancel();
        });
    }

    public static async Task<int> SubscribeAsync(Arguments arguments)
    {
        var habits = new SubscriberHabits(Cuts: arguments.Number("--cuts", 1) == 1, Stalls: arguments.Number("--stalls", 0) == 1);
        long subscribed = 0;
        SubscriberWorker[] subscribers = [.. Create(arguments, (endPoint, folder, index, seed) =>
        {
            var isFirst = true;
            return new SubscriberWorker(endPoint, folder, index, seed, habits, () =>
            {
                if (isFirst)
                    Say("subscribed", Interlocked.Increment(ref subscribed));
                isFirst = false;
            });
        })];
        return await RunAsync(subscribers.Select(subscriber => subscriber.RunAsync(CancellationToken.None)), subscribers, words =>
        {
            if (words is ["until", var offset])
                Array.ForEach(subscribers, subscriber => subscriber.Finish(long.Parse(offset, CultureInfo.InvariantCulture)));
        });
    }

    private static IEnumerable<T> Create<T>(Arguments arguments, Func<IPEndPoint, string, int, int, T> create)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, arguments.Number("--port", 0));
        var folder = arguments.Text("--records") ?? throw new CheckerException("A worker needs --records.");
        var first = arguments.Number("--first", 0);
        var seed = arguments.Number("--seed", 0);
        return Enumerable.Range(first, arguments.Number("--count", 1)).Select(index => create(endPoint, folder, index, seed));
    }

    private static async Task<int> RunAsync(IEnumerable<Task> tasks, IDisposable[] owners, Action<string[]> obey)
    {
        var running = tasks.Select(task => Task.Run(() => task)).ToList();
        var input = Task.Run(() => ObeyAsync(obey));
        try
        {
            await foreach (var ended in Task.WhenEach([.. running, input]))
            {
                await ended;
                running.Remove(ended);
                if (running.Count == 0)
                    break;
            }
        }
        catch (CheckerException exception)
        {
            Console.WriteLine("failed " + exception.Message.ReplaceLineEndings(" "));
            return 1;
        }

        foreach (var owner in owners)
            owner.Dispose();
        Console.WriteLine("finished");
        return 0;
    }

    private static async Task ObeyAsync(Action<string[]> obey)
    {
        var server = 0;
        var isEnding = false;
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            if (words is ["server", var id])
                server = int.Parse(id, CultureInfo.InvariantCulture);
            isEnding |= words[0] is "stop" or "until";
            obey(words);
        }

        if (isEnding)
            return;
        try
        {
            if (server > 0)
                Process.GetProcessById(server).Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // The server is gone too.
        }

        Environment.Exit(3);
    }

    private static void Say(string word, long count) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{word} {count}"));
}
