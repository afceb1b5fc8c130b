using System.Globalization;
using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;

namespace Fonte.MicroBench;

/// <summary>What 10,000 different patterns cost: a topic that is new, one that is known, and a subscription while 1,000,000 topics are known; and what groups' regular expressions cost.</summary>
public class PatternBenchmarks : IDisposable
{
    private const int Patterns = 10_000;
    private const int Topics = 1_000_000;
    private readonly TopicPatterns _patterns = new(new("https://hub.example/.well-known/mercure"));
    private readonly TopicRoutes _routes = new(cacheBytes: long.MaxValue);
    private readonly TopicRoutes _many = new(cacheBytes: long.MaxValue);
    private TopicMatcher _group = null!;
    private int _next;

    [GlobalCleanup]
    public void Dispose()
    {
        _patterns.Dispose();
        GC.SuppressFinalize(this);
    }

    [GlobalSetup]
    public void Subscribe()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var matchers = Enumerable.Range(0, Patterns).Select(n => _patterns.Of($"/users/:id/items/{n}{{/*}}?").Matcher!).ToArray();
        Console.WriteLine($"// {(GC.GetTotalMemory(forceFullCollection: true) - before) / Patterns} bytes a pattern");
        foreach (var matcher in matchers)
        {
            _routes.Add(SubscriberOf(matcher));
            _many.Add(SubscriberOf(matcher));
        }
        for (var n = 0; n < Topics; n++) _many.Patterns($"/users/{n}/items/{n % Patterns}");
        _group = _patterns.Of("/users/(\\d+)/items/(\\d+)").Matcher!;
        GC.KeepAlive(matchers);
    }

    [Benchmark]
    public int NewTopic() => _routes.Patterns(string.Create(CultureInfo.InvariantCulture, $"/users/{_next++}/items/{_next % Patterns}/parts")).Length;

    [Benchmark]
    public int KnownTopic() => _many.Patterns("/users/4711/items/4711").Length;

    [Benchmark]
    public void SubscribeAndLeave()
    {
        var subscriber = SubscriberOf(_patterns.Of(string.Create(CultureInfo.InvariantCulture, $"/users/:id/other/{_next++}")).Matcher!);
        _many.Add(subscriber);
        _many.Remove(subscriber);
    }

    [Benchmark]
    public bool MatchGroups() => _group.Matches("/users/4711/items/4711");

    [Benchmark]
    public TopicMatcher CompileGroup() => _patterns.Of(string.Create(CultureInfo.InvariantCulture, $"/users/(\\d+)/other/{_next++}")).Matcher!;

    private static Subscriber SubscriberOf(TopicMatcher matcher) => new(new() { Matchers = [matcher] }, new(1, null), new PipeOutput(new Pipe().Writer), 0);
}
