using Fonte.Bench;

namespace Fonte.Durability.Tests;

public class LatencyHistogramTests
{
    [Fact]
    public void Quantiles_are_within_one_percent_of_the_sorted_values()
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 30)).Order().ToArray();
        var histogram = new LatencyHistogram();
        foreach (var value in values)
            histogram.Record(value);

        foreach (var quantile in new[] { 0.01, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            var exact = values[(int)Math.Ceiling(quantile * values.Length) - 1];
            Assert.InRange(histogram.AtQuantile(quantile), exact, exact * 1.01);
        }

        Assert.Equal(values[^1], histogram.Maximum);
    }

    [Fact]
    public void Small_values_are_exact_and_extreme_ones_fit()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-5);
        histogram.Record(255);
        histogram.Record(256);
        histogram.Record(long.MaxValue);
        Assert.Equal(0, histogram.AtQuantile(0.25));
        Assert.Equal(255, histogram.AtQuantile(0.5));
        Assert.Equal(long.MaxValue, histogram.AtQuantile(1));
    }

    [Fact]
    public void Histograms_add_up()
    {
        var first = new LatencyHistogram();
        var second = new LatencyHistogram();
        first.Record(10);
        second.Record(20);
        first.Add(second);
        Assert.Equal((2, 20, 10), (first.Count, first.Maximum, first.AtQuantile(0.5)));
        Assert.Equal(0, new LatencyHistogram().AtQuantile(0.5));
    }
}
