using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fonte.AspNetCore;

/// <summary>What the hub also understands of the protocol as it was before its 1.0 (Mercure, "Upgrade guide"), where <see cref="FonteHttpOptions.MercureCompat"/> asks for it.</summary>
internal static partial class Mercure0x
{
    /// <summary>The option's only value.</summary>
    internal const string Name = "0.x";

    /// <summary>The cookie in which browsers presented a token.</summary>
    internal const string CookieName = "mercureAuthorization";

    /// <summary>The media type of subscription documents.</summary>
    internal const string DocumentType = "application/ld+json";

    private static readonly string[] Relaxations =
    [
        "a subscriber may select topics by the parameter topic, a URI Template",
        "a token whose typ is not at+jwt is accepted for its claim mercure, without aud, without exp, and without an iss that is configured: then with the keys of any issuer; without sub and jti it cannot be revoked",
        "such a token may come in the URL (authorization), which histories and logs keep",
        "such a token may come in the cookie " + CookieName + ", which need not be Secure",
        "subscriptions by the parameter topic are told as JSON-LD",
        "a cursor may come as lastEventID or Last-Event-ID, and goes out as Last-Event-ID too",
    ];

    /// <summary>Says at start what is let in that would not be.</summary>
    internal static void Tell(ILogger logger)
    {
        foreach (var relaxation in Relaxations) Log.Relaxed(logger, Name, relaxation);
    }

    /// <summary>Whether a parameter is a cursor under one of its former names.</summary>
    internal static bool IsCursor(ReadOnlySpan<byte> name) => name.SequenceEqual("lastEventID"u8) || name.SequenceEqual("Last-Event-ID"u8);

    /// <summary>Whether a parameter is a topic selector.</summary>
    internal static bool IsSelector(ReadOnlySpan<byte> name) => name.SequenceEqual("topic"u8);

    /// <summary>Whether there is a token in the URL, and which; <see langword="null"/> for several, or what cannot be one.</summary>
    internal static (bool IsThere, string? Token) TokenOf(QueryString query)
    {
        string? token = null;
        var pairs = StreamBeginning.Pairs(query);
        while (pairs.Read())
        {
            if (!IsToken(pairs.Name)) continue;
            if (token is not null || !Ascii.IsValid(pairs.Value)) return (true, null);
            token = Encoding.ASCII.GetString(pairs.Value);
        }
        return (token is not null, token);
    }

    /// <summary>The query without the token, so that whatever writes the URL down from here on does not write that.</summary>
    internal static QueryString WithoutToken(QueryString query)
    {
        if (!query.HasValue) return query;
        var kept = (query.Value ?? "").TrimStart('?').Split('&').Where(pair =>
        {
            var read = new FormReader(Encoding.UTF8.GetBytes(pair));
            return !read.Read() || !IsToken(read.Name);
        });
        var text = string.Join('&', kept);
        return text.Length == 0 ? QueryString.Empty : new('?' + text);
    }

    private static bool IsToken(ReadOnlySpan<byte> name) => name.SequenceEqual("authorization"u8);

    private static partial class Log
    {
        [LoggerMessage(48, LogLevel.Warning, "Compatible with Mercure {Version}: {Relaxation}")]
        internal static partial void Relaxed(ILogger logger, string version, string relaxation);
    }
}
