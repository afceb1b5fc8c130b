namespace Fonte.Bench;

/// <summary>How far a run is.</summary>
/// <param name="Elapsed">Since publishing or listening began.</param>
/// <param name="Total">For how long that goes on.</param>
/// <param name="Deliveries">Events received so far.</param>
public readonly record struct BenchProgress(TimeSpan Elapsed, TimeSpan Total, long Deliveries);
