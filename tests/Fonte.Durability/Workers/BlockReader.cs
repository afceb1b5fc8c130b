using System.Text;

namespace Fonte.Durability;

/// <summary>One completed block of an event stream.</summary>
internal readonly record struct StreamBlock(string? Id, string Type, string? Data);

/// <summary>Reads the blocks of an event stream; a block counts only when its empty line has come.</summary>
/// <remarks>Byte by byte and apart from the product's code, because it is the judge.</remarks>
internal sealed class BlockReader(Action<StreamBlock> onBlock)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly List<byte> _line = [];
    private readonly List<string> _data = [];
    private bool _afterCarriageReturn;
    private string? _id;
    private string _type = "";

    public void Read(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value == '\n' && _afterCarriageReturn)
            {
                _afterCarriageReturn = false;
                continue;
            }

            _afterCarriageReturn = value == '\r';
            if (value is (byte)'\n' or (byte)'\r')
                EndLine();
            else
                _line.Add(value);
        }
    }

    private void EndLine()
    {
        var line = Strict.GetString([.. _line]);
        _line.Clear();
        if (line.Length == 0)
        {
            if (_data.Count > 0 || _id is not null)
                onBlock(new StreamBlock(_id, _type, _data.Count > 0 ? string.Join('\n', _data) : null));
            _data.Clear();
            _id = null;
            _type = "";
            return;
        }

        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? "" : line[(colon + 1)..];
        if (value.StartsWith(' '))
            value = value[1..];
        if (name == "data")
            _data.Add(value);
        else if (name == "id")
            _id = value;
        else if (name == "event")
            _type = value;
    }
}
