using System.Globalization;

namespace Fonte.Durability;

/// <summary>The place in the log that an event ID <c>urn:fonte:&lt;epoch&gt;:&lt;offset&gt;</c> names.</summary>
internal readonly record struct Position(string Epoch, long Offset)
{
    public static bool TryParse(string id, out Position position)
    {
        position = default;
        var parts = id.Split(':');
        if (parts is not ["urn", "fonte", { Length: > 0 } epoch, var digits] ||
            !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        position = new Position(epoch, offset);
        return true;
    }
}
