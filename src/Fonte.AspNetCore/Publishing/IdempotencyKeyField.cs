using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>
/// The header field <c>Idempotency-Key</c> (draft-ietf-httpapi-idempotency-key-header): a string as structured fields have it
/// (RFC 9651, section 4.2.5), or, as many clients write it, the key itself.
/// </summary>
internal static class IdempotencyKeyField
{
    private const string Name = "Idempotency-Key";

    private static readonly Problem Invalid = new(
        StatusCodes.Status400BadRequest, "idempotency-key-invalid", $"Give one Idempotency-Key of 1 to {IdempotencyKey.MaxLength} printable ASCII characters, in quotation marks or without space and punctuation of lists.");

    /// <summary>The key, <see langword="null"/> when there is none, or what to change.</summary>
    /// <param name="request">The request.</param>
    /// <param name="token">Its access token: a key is one of its subject's own. Those without a token share theirs.</param>
    internal static (IdempotencyKey? Key, Problem? Problem) Read(HttpRequest request, AccessToken? token)
    {
        var values = request.Headers[Name];
        if (values.Count == 0) return (null, null);
        return values.Count == 1 && Parse(values[0] ?? "") is { Length: > 0 and <= IdempotencyKey.MaxLength } key
            ? (new(key, Owner(token)), null)
            : (null, Invalid);
    }

    /// <summary>The same for a key that is written as it is.</summary>
    internal static (IdempotencyKey? Key, Problem? Problem) Of(string? key, AccessToken? token) =>
        key is null ? (null, null)
        : key.Length is > 0 and <= IdempotencyKey.MaxLength && !key.AsSpan().ContainsAnyExceptInRange(' ', '~') ? (new(key, Owner(token)), null)
        : (null, Invalid);

    private static string Owner(AccessToken? token) => token is null ? "" : $"{token.Issuer}\n{token.Holder}";

    private static string? Parse(string field)
    {
        if (field.AsSpan().ContainsAnyExceptInRange(' ', '~')) return null;
        if (field.StartsWith('"')) return field.Length > 1 && field.EndsWith('"') ? Unquote(field.AsSpan(1, field.Length - 2)) : null;
        return field.AsSpan().ContainsAny(" \",;\\") ? null : field;
    }

    private static string? Unquote(ReadOnlySpan<char> quoted)
    {
        if (!quoted.ContainsAny('\\', '"')) return quoted.ToString();
        Span<char> key = quoted.Length <= 2 * IdempotencyKey.MaxLength ? stackalloc char[quoted.Length] : [];
        var length = 0;
        for (var i = 0; i < quoted.Length && length < key.Length; i++)
        {
            if (quoted[i] == '"') return null;
            if (quoted[i] == '\\' && (++i == quoted.Length || quoted[i] is not ('\\' or '"'))) return null;
            key[length++] = quoted[i];
        }
        return key[..length].ToString();
    }
}
