namespace Fonte.Samples.Lab;

/// <summary>Invented measurements that wander like real ones: each is near the one before and stays in its range.</summary>
internal sealed class LabReadings(Random random)
{
    private decimal? _temperature, _humidity, _pressure;

    /// <summary>In degrees Celsius, from 20 to 40.</summary>
    public decimal Temperature() => Next(ref _temperature, lowest: 20, highest: 40, step: 3);

    /// <summary>Relative, in percent, from 30 to 90.</summary>
    public decimal Humidity() => Next(ref _humidity, lowest: 30, highest: 90, step: 4);

    /// <summary>In hectopascals, from 990 to 1030.</summary>
    public decimal Pressure() => Next(ref _pressure, lowest: 990, highest: 1030, step: 1.5);

    private decimal Next(ref decimal? value, double lowest, double highest, double step)
    {
        var next = value is { } last
            ? Math.Clamp((double)last + (((random.NextDouble() * 2) - 1) * step), lowest, highest)
            : lowest + (random.NextDouble() * (highest - lowest));
        // Adding 0.0 keeps one decimal on the wire for whole numbers too: 25.0, not 25.
        value = Math.Round((decimal)next, 1) + 0.0m;
        return value.Value;
    }
}
