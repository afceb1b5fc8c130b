using System.Globalization;
using Xunit;

namespace Fonte.Broker.Tests.Hubs;

/// <summary>Subscribers and publishers at three hubs that are killed in turn: no loss, no duplicate, one order.</summary>
/// <param name="hubs">The hubs.</param>
/// <param name="subscribers">How many; one of thirty reads everything, the others a topic each.</param>
/// <param name="events">How many events are published.</param>
internal sealed class ThreeHubsProof(ThreeHubs hubs, int subscribers, int events)
{
    private const int Topics = 10;
    private const int Lanes = 12;
    private const int ReadsAll = 30;
    private const string End = "end";
    private readonly List<RovingPublisher> _publishers = [.. Enumerable.Range(0, Lanes).Select(lane => new RovingPublisher(hubs, lane))];
    private int _published;

    /// <summary>How often an event was refused.</summary>
    internal int Refusals => _publishers.Sum(publisher => publisher.Refusals);

    /// <summary>The longest time that it took until an event was acknowledged.</summary>
    internal TimeSpan LongestWait => _publishers.Max(publisher => publisher.LongestWait);

    /// <summary>Runs it; a fault is made each time that so many more events are acknowledged.</summary>
    /// <param name="every">After how many events.</param>
    /// <param name="fault">Makes it, and returns when it is over.</param>
    /// <returns>How often subscribers had to go to another hub.</returns>
    internal async Task<int> RunAsync(int every, Func<int, Task> fault)
    {
        var readers = Enumerable.Range(0, subscribers).Select(n => new RovingSubscriber(hubs, n, n % ReadsAll == 0 ? "*" : Topic(n))).ToList();
        var reading = readers.Select(reader => Task.Run(() => reader.RunAsync(data => data.StartsWith(End, StringComparison.Ordinal) && (reader.Match != "*" || data == $"{End}.{Topics - 1}")))).ToList();
        await Task.WhenAll(readers.Select(reader => reader.Begun));

        var publishing = Task.WhenAll(_publishers.Select((publisher, lane) => Task.Run(() => PublishAsync(publisher, lane))));
        for (var n = 0; (n + 1) * every < events; n++)
        {
            var due = (n + 1) * every;
            await TestNode.UntilAsync(() => Volatile.Read(ref _published) >= due || publishing.IsCompleted);
            await fault(n);
        }
        await publishing;
        var last = new RovingPublisher(hubs, 0);
        for (var topic = 0; topic < Topics; topic++) await last.PublishAsync(Topic(topic), $"{End}.{topic}");
        await Task.WhenAll(reading).WaitAsync(TimeSpan.FromSeconds(60));
        await ProveAsync(readers, [.. _publishers, last]);
        return readers.Sum(reader => reader.Reconnections);
    }

    /// <summary>Waits until so many more are acknowledged.</summary>
    internal Task UntilPublishedAsync(int more)
    {
        var due = Volatile.Read(ref _published) + more;
        return TestNode.UntilAsync(() => Volatile.Read(ref _published) >= due);
    }

    private async Task PublishAsync(RovingPublisher publisher, int lane)
    {
        for (var n = lane; n < events; n += Lanes)
        {
            await publisher.PublishAsync(Topic(n / Lanes), string.Create(CultureInfo.InvariantCulture, $"{lane}.{n}"));
            Interlocked.Increment(ref _published);
        }
    }

    private async Task ProveAsync(List<RovingSubscriber> readers, List<RovingPublisher> publishers)
    {
        Assert.All(readers, reader => Assert.Null(reader.Fault));
        // Every reader of everything has seen the same, and it is what each hub replays.
        var all = readers[0].Events;
        Assert.All(readers.Where(reader => reader.Match == "*"), reader => Assert.Equal(all, reader.Events));
        for (var hub = 0; hub < ThreeHubs.Count; hub++)
        {
            var replay = new RovingSubscriber(hubs, hub, "*", "earliest");
            await replay.RunAsync(data => data == $"{End}.{Topics - 1}").WaitAsync(TimeSpan.FromSeconds(60));
            // The oldest may have gone at the broker meanwhile.
            Assert.Equal(all.Skip(all.Count - replay.Events.Count), replay.Events);
        }
        // Nothing is lost, nothing twice, each acknowledged with its place.
        Assert.Equal(events + Topics, all.Count);
        Assert.Equal(all.Select(each => each.Data).Order(StringComparer.Ordinal), publishers.SelectMany(publisher => publisher.Acknowledged).Select(each => each.Data).Order(StringComparer.Ordinal));
        var places = all.ToDictionary(each => each.Data, each => each.Offset);
        Assert.All(publishers.SelectMany(publisher => publisher.Acknowledged), each => Assert.EndsWith($":{places[each.Data]}", each.Id, StringComparison.Ordinal));
        var topics = publishers.SelectMany(publisher => publisher.Acknowledged).ToDictionary(each => each.Data, each => TopicOf(each.Data));
        foreach (var reader in readers.Where(reader => reader.Match != "*")) Assert.Equal(all.Where(each => topics[each.Data] == reader.Match), reader.Events);
    }

    private static string Topic(int n) => string.Create(CultureInfo.InvariantCulture, $"https://example.com/topics/{n % Topics}");

    private static string TopicOf(string data)
    {
        var number = int.Parse(data.AsSpan(data.IndexOf('.', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
        return Topic(data.StartsWith(End, StringComparison.Ordinal) ? number : number / Lanes);
    }
}
