using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Fonte.AspNetCore;

/// <summary>A token, or all tokens of a subject up to a time, that count no longer.</summary>
/// <param name="Issuer">Whose tokens.</param>
/// <param name="Subject">The subject, or <see langword="null"/> when it is one token.</param>
/// <param name="TokenId">The token, or <see langword="null"/> when it is a subject.</param>
/// <param name="At">When it was revoked.</param>
/// <param name="Expires">When all of them have ended by themselves; <see langword="null"/> for never.</param>
internal sealed record Revocation(string Issuer, string? Subject, string? TokenId, DateTimeOffset At, DateTimeOffset? Expires)
{
    /// <summary>Equal for revocations of the same.</summary>
    internal (string Issuer, bool IsToken, string Text) Key => (Issuer, TokenId is not null, TokenId ?? Subject!);

    /// <summary>Whether it concerns a token that was issued then. In doubt it does: times of issue are whole seconds, and may be missing.</summary>
    internal bool Concerns(DateTimeOffset? issuedAt) => TokenId is not null || issuedAt is null || issuedAt <= At;

    /// <summary>The record in the log.</summary>
    internal ReadOnlyMemory<byte> Write()
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, SubscriptionDocument.Readable))
        {
            json.WriteStartObject();
            json.WriteString("type", "revocation");
            json.WriteString("issuer", Issuer);
            if (Subject is not null) json.WriteString("subject", Subject);
            if (TokenId is not null) json.WriteString("token_id", TokenId);
            json.WriteString("at", Text(At));
            if (Expires is { } expires) json.WriteString("expires", Text(expires));
            json.WriteEndObject();
        }
        return body.WrittenMemory;
    }

    /// <summary>Reads a record of the log.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static Revocation Read(ReadOnlyMemory<byte> record)
    {
        try
        {
            using var document = JsonDocument.Parse(record);
            var root = document.RootElement;
            var (subject, tokenId) = (Member(root, "subject"), Member(root, "token_id"));
            if (Member(root, "issuer") is { } issuer && subject is null != (tokenId is null) && Time(root, "at") is { } at) return new(issuer, subject, tokenId, at, Time(root, "expires"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException("It is no revocation.", exception);
        }
        throw new FormatException("It is no revocation.");
    }

    private static string? Member(JsonElement root, string name) => root.TryGetProperty(name, out var member) ? member.GetString() : null;

    private static DateTimeOffset? Time(JsonElement root, string name) =>
        Member(root, name) is { } text ? DateTimeOffset.ParseExact(text, "o", CultureInfo.InvariantCulture) : null;

    private static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("o", CultureInfo.InvariantCulture);
}
