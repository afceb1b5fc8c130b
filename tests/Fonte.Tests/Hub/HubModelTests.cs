using CsCheck;
using Xunit;

namespace Fonte.Tests.Hub;

/// <summary>Subscribers that come, read, stall, break and resume at random never see a gap, a duplicate or a reorder.</summary>
public sealed class HubModelTests
{
    private static readonly string[] Topics = ["a", "b", "c"];

    [Fact]
    public async Task Every_subscriber_sees_its_events_once_and_in_order_whatever_happens()
    {
        var plan = Gen.Select(
            Gen.Int[1, 400].Array[1, 40],
            Gen.Int[0, 3].Array[1, 6],
            Gen.Int[64, 4000],
            Gen.Int[1, 8000],
            Gen.Int);
        await plan.SampleAsync(async sample =>
        {
            var (sizes, interests, pauseBytes, windowBytes, seed) = sample;
            await using var hub = new TestHub(options: new() { RecentWindowBytes = windowBytes, ReplayCacheBytes = windowBytes });
            var published = new List<(string Topic, string Data)>();
            var publishing = Task.Run(async () =>
            {
                for (var n = 0; n < 4 * sizes.Length; n++)
                {
                    var topic = Topics[(seed & int.MaxValue) % 7 * n % 3];
                    var data = $"{n} {new string('x', sizes[n % sizes.Length])}";
                    published.Add((topic, data));
                    await hub.PublishAsync(topic, data, id: n % 5 == 0 ? $"own-{n}" : null);
                }
                await hub.PublishAsync("end", "end");
            });
            var seen = await Task.WhenAll(interests.Select((interest, index) => FollowAsync(hub, interest, pauseBytes, seed + index)));
            await publishing;
            return seen.Zip(interests).All(pair => pair.First.SequenceEqual(
                published.Where(one => pair.Second == 3 || Topics[pair.Second] == one.Topic).Select(one => one.Data)));
        }, iter: 60, threads: 2);
    }

    private static async Task<List<string>> FollowAsync(TestHub hub, int interest, int pauseBytes, int seed)
    {
        var random = new Random(seed);
        var topics = interest == 3 ? ["*"] : new[] { Topics[interest], "end" };
        var seen = new List<string>();
        var cursor = "earliest";
        while (true)
        {
            await using var stream = hub.Subscribe(topics, cursor, pauseBytes);
            for (var reads = random.Next(1, 60); reads > 0; reads--)
            {
                var next = await stream.NextAsync();
                if (next.Data == "end") return seen;
                seen.Add(next.Data);
                cursor = next.EventId!;
            }
        }
    }
}
