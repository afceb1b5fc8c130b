using System.Buffers;
using System.Text.Json;

namespace Fonte.Samples.Sensors;

/// <summary>A machine and its three sensors.</summary>
internal sealed class Machine(string name, double usualTemperature, int seed)
{
    private readonly Drift _temperature = new(usualTemperature, push: 0.5, lowest: 20, highest: 40, new Random(seed));
    private readonly Drift _humidity = new(usual: 55, push: 1, lowest: 30, highest: 90, new Random(seed + 1));
    private readonly Drift _pressure = new(usual: 1013, push: 0.4, lowest: 990, highest: 1030, new Random(seed + 2));
    private volatile bool _isSilent;

    public string Name => name;

    /// <summary>The topic that carries what it measures.</summary>
    public string Topic => "sensors/" + name;

    /// <summary>Whether it measures and tells nobody, so that a page has something to notice.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>The next measurement as JSON: degrees Celsius, percent, hectopascals, and in how many seconds to expect another.</summary>
    public ReadOnlyMemory<byte> Measure(DateTimeOffset time, TimeSpan interval)
    {
        var buffer = new ArrayBufferWriter<byte>(160);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("machine", name);
            json.WriteNumber("temperature", _temperature.Next());
            json.WriteNumber("humidity", _humidity.Next());
            json.WriteNumber("pressure", _pressure.Next());
            json.WriteString("time", time);
            json.WriteNumber("every", interval.TotalSeconds);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
