using System.Globalization;

namespace Fonte.Durability;

/// <summary>Options of the form <c>--name value</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="CheckerException">An option is unknown or has no value.</exception>
    public Arguments(ReadOnlySpan<string> arguments, params ReadOnlySpan<string> known)
    {
        for (var index = 0; index < arguments.Length; index += 2)
        {
            var name = arguments[index];
            if (!known.Contains(name))
                throw new CheckerException($"'{name}' is not an option; the options are {string.Join(", ", known.ToArray())}.");
            if (index + 1 == arguments.Length)
                throw new CheckerException($"The option {name} needs a value.");
            _values[name] = arguments[index + 1];
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public int Number(string name, int otherwise, int least = 0, int most = int.MaxValue)
    {
        if (Text(name) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new CheckerException(string.Create(CultureInfo.InvariantCulture,
                $"The option {name} must be a whole number from {least} to {most}, not '{text}'."));
    }
}
