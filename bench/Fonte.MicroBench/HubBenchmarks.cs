using System.Text;
using BenchmarkDotNet.Attributes;

namespace Fonte.MicroBench;

/// <summary>What each event costs between the log and the sockets.</summary>
[MemoryDiagnoser]
public class HubBenchmarks
{
    private const int Topics = 15_000;
    private readonly EventIds _positions = new PositionIds(LogIdentity.New());
    private readonly EventIds _opaque = new OpaqueIds(LogIdentity.New(), new byte[32]);
    private readonly LoggedEvent _event = new()
    {
        Offset = 123_456,
        TimeMicroseconds = 1_780_000_000_000_000,
        Topics = ["https://example.com/machines/4711"],
        Data = Encoding.ASCII.GetBytes(new string('x', 100)),
    };
    private readonly TopicSelection _selection = new([TopicMatcher.Exact("https://example.com/other"), TopicMatcher.Exact("https://example.com/machines/4711")]);
    private readonly TopicRoutes _routes = new(cacheBytes: 1 << 20);

    /// <summary>Fills the routes.</summary>
    [GlobalSetup]
    public void Fill()
    {
        for (var n = 0; n < Topics; n++)
        {
            var request = new SubscribeRequest { Matchers = [TopicMatcher.Exact($"https://example.com/machines/{n}")] };
            _routes.Add(new Subscriber(request, new ResumePoint(1, null), new PipeOutput(new System.IO.Pipelines.Pipe().Writer), 3000));
        }
    }

    /// <summary>An event of 100 bytes as a chunk.</summary>
    [Benchmark]
    public byte[] Encode() => new EventFrame(_event, _positions).Chunk;

    /// <summary>The same with an opaque ID.</summary>
    [Benchmark]
    public byte[] EncodeOpaque() => new EventFrame(_event, _opaque).Chunk;

    /// <summary>An event against a selection of two topics.</summary>
    [Benchmark]
    public bool Match() => _selection.Matches(_event.Topics);

    /// <summary>An event's subscribers among 15,000 of other topics.</summary>
    [Benchmark]
    public object? Route() => _routes.Exact(_event.Topics[0]);
}
