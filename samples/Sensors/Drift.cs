namespace Fonte.Samples.Sensors;

/// <summary>
/// A value that chance pushes about and that is drawn back to what is usual, as real ones are (an Ornstein–Uhlenbeck process): it wanders by
/// about three times <paramref name="push"/> to either side, and stays in its range.
/// </summary>
internal sealed class Drift(double usual, double push, double lowest, double highest, Random random)
{
    private const double Pull = 0.05;

    private double? _value;

    public decimal Next()
    {
        // The sum of three uniform numbers is nearly normal, and with these has a deviation of a half.
        var chance = random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
        var before = _value ?? usual;
        _value = Math.Clamp(before + (Pull * (usual - before)) + (2 * push * chance), lowest, highest);
        return Math.Round((decimal)_value.Value, 1);
    }
}
