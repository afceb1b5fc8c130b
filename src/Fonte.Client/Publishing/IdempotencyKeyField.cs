namespace Fonte.Client;

/// <summary>The header field <c>Idempotency-Key</c>, a string as structured fields have it (RFC 9651, section 3.3.3).</summary>
internal static class IdempotencyKeyField
{
    private const int LongestKey = 255;

    public static void ThrowIfInvalid(string key, string parameterName)
    {
        if (key.Length is 0 or > LongestKey || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ArgumentException($"An idempotency key is 1 to {LongestKey} printable ASCII characters.", parameterName);
    }

    public static string Write(string key) =>
        $"\"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
