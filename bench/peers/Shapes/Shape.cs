namespace Fonte.PeerBench;

/// <summary>A load, and what is read off its report.</summary>
/// <param name="Name">As it is chosen by.</param>
/// <param name="What">For the reader of the results.</param>
/// <param name="Apply">Gives a peer's load this shape.</param>
/// <param name="Figures">What is told of it.</param>
internal sealed record Shape(string Name, string What, Func<Load, Load> Apply, IReadOnlyList<ShapeFigure> Figures)
{
    private static readonly ShapeFigure Cpu = new("server CPU a delivery", "µs", report => report.MicrosecondsPerDelivery);
    private static readonly ShapeFigure P99 = new("p99 delivery latency", "ms", report => report.P99);
    private static readonly ShapeFigure Deliveries = new("deliveries/s", "", report => report.DeliveriesPerSecond);
    private static readonly ShapeFigure Memory = new("memory an idle connection", "kB", report => report.BytesPerSubscriber / 1e3);

    public static readonly IReadOnlyList<Shape> All =
    [
        new("rest-1000", "1,000 subscribers, one 100-byte event at a time, 10 a second",
            load => load with { Subscribers = 1000, Rate = 10, Seconds = 10 }, [Cpu, P99, new("p50 delivery latency", "ms", report => report.P50)]),
        new("rest-9000", "9,000 subscribers, one 100-byte event at a time, 3 a second, after 60 s idle with heartbeats",
            load => load with { Subscribers = 9000, Rate = 3, Seconds = 15, Settle = 60 }, [Cpu, P99, Memory]),
        new("load-500", "500 subscribers, 2,000 100-byte events/s offered",
            load => load with { Subscribers = 500, Rate = 2000, Seconds = 10 }, [Deliveries, Cpu]),
    ];
}

/// <summary>A figure of a shape.</summary>
internal sealed record ShapeFigure(string Name, string Unit, Func<LoadReport, double> Read);
