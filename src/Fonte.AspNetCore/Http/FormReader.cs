using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Fonte.AspNetCore;

/// <summary>Reads <c>application/x-www-form-urlencoded</c> pairs from raw bytes (WHATWG URL, section 5.1).</summary>
/// <remarks>
/// ASP.NET's own reader replaces invalid UTF-8; here the caller sees the bytes and can refuse them. What needs no decoding is a part of the
/// input and not a copy, so it is valid only as long as that.
/// </remarks>
internal ref struct FormReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    /// <summary>The decoded name of the pair just read.</summary>
    internal ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The decoded value of the pair just read; empty when it has none.</summary>
    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next pair; false at the end.</summary>
    internal bool Read()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf((byte)'&');
            var pair = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf((byte)'=');
            Name = Decode(equals < 0 ? pair : pair[..equals]);
            Value = Decode(equals < 0 ? [] : pair[(equals + 1)..]);
            return true;
        }
        return false;
    }

    /// <summary>The value as text; false when it is not valid UTF-8.</summary>
    internal readonly bool TryGetText([NotNullWhen(true)] out string? text)
    {
        text = Utf8.IsValid(Value) ? Encoding.UTF8.GetString(Value) : null;
        return text is not null;
    }

    private static ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> encoded)
    {
        if (!encoded.ContainsAny((byte)'%', (byte)'+')) return encoded;
        var decoded = new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var value = encoded[i];
            if (value == '+') value = (byte)' ';
            else if (PercentEncoding.IsEscape(encoded[i..]))
            {
                value = PercentEncoding.ValueOf(encoded[i..]);
                i += 2;
            }
            decoded[length++] = value;
        }
        return decoded.AsSpan(0, length);
    }
}
