namespace Fonte.Bench;

/// <summary>What one way to be told cost and did.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Duration">Over which time it is counted.</param>
/// <param name="Requests">Requests of all clients.</param>
/// <param name="BytesUp">Bytes to the server, of HTTP and above.</param>
/// <param name="BytesDown">Bytes from it.</param>
/// <param name="Deliveries">Events received by all clients together.</param>
/// <param name="Lost">Acknowledged events that did not reach a client.</param>
/// <param name="Twice">Events that reached the same client again.</param>
/// <param name="Latency">From just before an event was sent to the hub until a client had read it.</param>
/// <param name="Processor">The server's processor time, publishing included; <see langword="null"/> where the system does not tell.</param>
public sealed record TransportReport(
    string Name, TimeSpan Duration, long Requests, long BytesUp, long BytesDown, long Deliveries, long Lost, long Twice, LatencySummary Latency, TimeSpan? Processor)
{
    /// <summary>Bytes in both directions.</summary>
    public long Bytes => BytesUp + BytesDown;
}

/// <summary>The four beside each other.</summary>
/// <param name="Clients">How many clients each had.</param>
/// <param name="Rate">Events a second.</param>
/// <param name="PollInterval">How often plain polling asks.</param>
/// <param name="Transports">Polling, long polling, event streams, WebSockets.</param>
public sealed record TransportComparisonReport(int Clients, int Rate, TimeSpan PollInterval, IReadOnlyList<TransportReport> Transports)
{
    /// <summary>Whether each client of each got every event once.</summary>
    public bool IsClean => Transports.All(transport => transport is { Lost: 0, Twice: 0 });
}
