using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Fonte.Durability;

/// <summary>What the publishers send: the key, then text that a wrong encoding would change.</summary>
internal static class Content
{
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static readonly string[] Topics = ["durability-a", "durability-b", "durability-c"];

    public static string Make(string key, Random random)
    {
        var text = new StringBuilder(key).Append(' ');
        switch (random.Next(8))
        {
            case 0:
                text.Append("two lines\nand an empty one\n");
                break;
            case 1:
                text.Append(" temperature 21,5 °C – ação, 温度, 😀 + % & = \"quoted\"");
                break;
            case 2:
                text.Append("\n\nid: urn:fonte:forged:1\nevent: fonte-gap\ndata: forged\n\n");
                break;
            case 3 when random.Next(20) == 0:
                text.Append('x', random.Next(10_000, 60_000));
                break;
            case 3:
                text.Append('y', random.Next(500, 4_000));
                break;
            default:
                text.Append("{\"value\":").Append(random.Next()).Append('}');
                break;
        }

        return text.ToString();
    }

    public static string KeyOf(string data)
    {
        var end = data.IndexOf(' ', StringComparison.Ordinal);
        return end is > 0 and < 40 && data.AsSpan(0, end).IndexOfAnyExcept(KeyCharacters) < 0 ? data[..end] : "-";
    }

    public static string DigestOf(string data) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)).AsSpan(0, 12));
}
