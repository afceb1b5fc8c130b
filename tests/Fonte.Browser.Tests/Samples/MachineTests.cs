using System.Text;
using Fonte.Samples.Sensors;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

public sealed class MachineTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 9, 7, 5, 0, TimeSpan.Zero);

    [Fact]
    public void Same_seed_gives_the_same_measurements_and_another_seed_others()
    {
        Assert.Equal(Measurements(seed: 7), Measurements(seed: 7));
        Assert.NotEqual(Measurements(seed: 7), Measurements(seed: 8));
    }

    [Fact]
    public void Measurement_says_what_was_measured_where_and_when_and_when_to_expect_another() =>
        Assert.Matches(
            """^\{"machine":"press","temperature":2[67]\.\d,"humidity":5\d\.\d,"pressure":101\d\.\d,"time":"2026-03-09T07:05:00\+00:00","every":2\}$""",
            Measurements(seed: 1)[0]);

    [Theory]
    [InlineData(20)]
    [InlineData(34)]
    [InlineData(40)]
    public void Value_stays_in_its_range_near_what_is_usual_and_moves_in_small_steps(double usual)
    {
        var drift = new Drift(usual, push: 0.5, lowest: 20, highest: 40, new Random(1));
        var values = Enumerable.Range(0, 100_000).Select(_ => drift.Next()).ToList();

        Assert.All(values, value => Assert.InRange(value, 20, 40));
        Assert.InRange(values.Average(), (decimal)usual - 1.5m, (decimal)usual + 1.5m);
        Assert.All(values.Zip(values.Skip(1)), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 3));
        Assert.True(values.Distinct().Count() > 30);
    }

    private static List<string> Measurements(int seed)
    {
        var machine = new Machine("press", 27, seed);
        return [.. Enumerable.Range(0, 100).Select(_ => Encoding.UTF8.GetString(machine.Measure(Time, TimeSpan.FromSeconds(2)).Span))];
    }
}
