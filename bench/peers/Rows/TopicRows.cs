namespace Fonte.PeerBench;

/// <summary>Cost follows the matching subscribers, and nothing else.</summary>
internal static class TopicRows
{
    public static readonly Row Topics = new(
        "topics", "15,000 subscribers of 15,000 topics against 100 of 100, both 5,000 events/s to random ones: server CPU a delivery",
        async (run, cancellationToken) =>
        {
            var few = await run.LoadAsync(load => load with { Subscribers = 100, Topics = 100, Rate = 5000, Seconds = 8 }, cancellationToken);
            var many = await run.LoadAsync(load => load with { Subscribers = 15_000, Topics = 15_000, Rate = 5000, Seconds = 8 }, cancellationToken);
            return new()
            {
                ["100 of 100, µs"] = few.MicrosecondsPerDelivery,
                ["15,000 of 15,000, µs"] = many.MicrosecondsPerDelivery,
                ["ratio"] = many.MicrosecondsPerDelivery / few.MicrosecondsPerDelivery,
            };
        },
        new Dictionary<string, (double, double)> { ["ratio"] = (1.5, 1.25) });

    public static readonly Row Unheard = new(
        "unheard", "publish to a topic nobody hears, with 15,000 subscribers of other topics against one: server CPU a publish, 5,000 a second",
        async (run, cancellationToken) =>
        {
            var alone = await run.LoadAsync(load => load with { Subscribers = 1, Unheard = true, Rate = 5000, Seconds = 10 }, cancellationToken);
            var many = await run.LoadAsync(load => load with { Subscribers = 15_000, Topics = 15_000, Unheard = true, Rate = 5000, Seconds = 10 }, cancellationToken);
            var (before, after) = (alone.ProcessorMilliseconds * 1000 / alone.Acknowledged, many.ProcessorMilliseconds * 1000 / many.Acknowledged);
            return new() { ["one subscriber, µs"] = before, ["15,000 subscribers, µs"] = after, ["ratio"] = after / before };
        },
        new Dictionary<string, (double, double)> { ["ratio"] = (1.1, 1.0) });
}
