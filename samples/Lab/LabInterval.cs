using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Fonte.Samples.Lab;

/// <summary>The time between two events, in tenths of a second.</summary>
internal readonly record struct LabInterval(int Tenths)
{
    private const decimal Minimum = 0.5m;
    private const decimal Maximum = 3600m;

    public static LabInterval Default { get; } = new(20);

    public TimeSpan Duration => TimeSpan.FromMilliseconds(Tenths * 100L);

    /// <summary>Reads <c>?intervalo=</c>: seconds from 0.5 to 3600 with a decimal point, rounded to a tenth; absent is 2.</summary>
    /// <remarks>Rounding is what makes subscribers share loops: see <see cref="LabLoops"/>.</remarks>
    public static bool TryParse(StringValues values, out LabInterval interval)
    {
        interval = Default;
        if (values.Count == 0) return true;
        if (values.Count > 1) return false;
        if (!decimal.TryParse(values[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return false;
        if (seconds is < Minimum or > Maximum) return false;
        interval = new LabInterval((int)Math.Round(seconds * 10, MidpointRounding.AwayFromZero));
        return true;
    }

    public override string ToString() => (Tenths / 10m).ToString("0.0", CultureInfo.InvariantCulture);
}
