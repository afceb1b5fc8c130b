using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fonte;

/// <summary>A place in one particular log: its epoch and an offset. It is valid whether or not an event stands there.</summary>
/// <remarks>Written <c>urn:fonte:epoch:offset</c>, which is also the ID of the event at that place, unless its publisher gave one.</remarks>
/// <param name="Epoch">The log's identity, 10 to 13 lower-case base32 characters.</param>
/// <param name="Offset">Zero (before the first event) or more.</param>
public readonly record struct Position(string Epoch, long Offset)
{
    private const int MaxEpochLength = 13;
    private const int MaxOffsetDigits = 19;
    private static readonly SearchValues<char> EpochCharacters = SearchValues.Create(LogEpoch.Alphabet);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{EventRules.HubIdPrefix}{Epoch}:{Offset}");

    /// <summary>Reads a position in its one canonical form; anything else, also <c>+1</c> or <c>01</c>, is not a position.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Position position)
    {
        position = default;
        if (text is null || !text.StartsWith(EventRules.HubIdPrefix, StringComparison.Ordinal)) return false;
        var rest = text.AsSpan(EventRules.HubIdPrefix.Length);
        var colon = rest.IndexOf(':');
        if (colon is < 10 or > MaxEpochLength) return false;
        var digits = rest[(colon + 1)..];
        if (digits.IsEmpty || digits.Length > MaxOffsetDigits || (digits[0] == '0' && digits.Length > 1)) return false;
        if (rest[..colon].ContainsAnyExcept(EpochCharacters)) return false;
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)) return false;
        position = new Position(rest[..colon].ToString(), offset);
        return true;
    }
}
