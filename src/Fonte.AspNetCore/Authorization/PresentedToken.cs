using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>The access token of a request, where it presents one (Mercure draft -08, "Presenting the Access Token"; RFC 6750, section 2.1). Never from the URL.</summary>
/// <param name="Token">The token, or <see langword="null"/>.</param>
/// <param name="IsOfCookie">Whether the browser added it by itself, for whatever page caused the request.</param>
/// <param name="IsMalformed">Whether the field is there and is not as it must be.</param>
internal readonly record struct PresentedToken(string? Token, bool IsOfCookie, bool IsMalformed)
{
    private const string Scheme = "Bearer";

    // b64token of RFC 6750.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    /// <summary>The field's, or else the cookie's: whoever sets the field has chosen, and the cookie comes along by itself.</summary>
    internal static PresentedToken Of(HttpRequest request, string cookie)
    {
        var fields = request.Headers.Authorization;
        if (fields.Count > 1) return new(null, false, IsMalformed: true);
        if (fields.Count == 1 && fields[0] is { } field)
        {
            var space = field.IndexOf(' ');
            if ((space < 0 ? field : field[..space]).Equals(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                var token = space < 0 ? "" : field[space..].Trim(' ');
                return token.Length == 0 || token.AsSpan().ContainsAnyExcept(TokenCharacters) ? new(null, false, IsMalformed: true) : new(token, false, false);
            }
            // Of another scheme, so nothing for the hub; but the cookie is not meant to be used beside it.
            return default;
        }
        return request.Headers.Cookie.Count > 0 && request.Cookies[cookie] is { Length: > 0 } value ? new(value, IsOfCookie: true, false) : default;
    }
}
