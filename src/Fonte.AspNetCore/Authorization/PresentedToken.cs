using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>The access token of a request, where it presents one (Mercure draft -08, "Presenting the Access Token"; RFC 6750, section 2.1). From the URL only as in Mercure 0.x.</summary>
/// <param name="Token">The token, or <see langword="null"/>.</param>
/// <param name="IsOfCookie">Whether the browser added it by itself, for whatever page caused the request.</param>
/// <param name="Only0x">Whether it comes in a way that only Mercure 0.x has.</param>
/// <param name="IsMalformed">Whether the field is there and is not as it must be.</param>
internal readonly record struct PresentedToken(string? Token, bool IsOfCookie = false, bool Only0x = false, bool IsMalformed = false)
{
    private const string Scheme = "Bearer";

    // b64token of RFC 6750.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    /// <summary>The field's, or else the cookie's: whoever sets the field has chosen, and the cookie comes along by itself.</summary>
    internal static PresentedToken Of(HttpRequest request, FonteHttpOptions options)
    {
        var fields = request.Headers.Authorization;
        if (fields.Count > 1) return new(null, IsMalformed: true);
        if (fields.Count == 1 && fields[0] is { } field)
        {
            var space = field.IndexOf(' ');
            if ((space < 0 ? field : field[..space]).Equals(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                var token = space < 0 ? "" : field[space..].Trim(' ');
                return IsToken(token) ? new(token) : new(null, IsMalformed: true);
            }
            // Of another scheme, so nothing for the hub; but the cookie is not meant to be used beside it.
            return default;
        }
        if (options.Accepts0x && Mercure0x.TokenOf(request.QueryString) is (IsThere: true, var given))
            return given is not null && IsToken(given) ? new(given, Only0x: true) : new(null, IsMalformed: true);
        if (request.Headers.Cookie.Count == 0) return default;
        if (request.Cookies[options.CookieName] is { Length: > 0 } value) return new(value, IsOfCookie: true);
        return options.Accepts0x && request.Cookies[Mercure0x.CookieName] is { Length: > 0 } former ? new(former, IsOfCookie: true, Only0x: true) : default;
    }

    private static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
