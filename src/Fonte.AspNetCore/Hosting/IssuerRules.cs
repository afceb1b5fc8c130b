using System.Buffers;
using System.Text;

namespace Fonte.AspNetCore;

/// <summary>What the options of authorization must keep to.</summary>
internal static class IssuerRules
{
    // A token of RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> CookieNameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Tells of every broken rule: the option's path below <c>Fonte</c>, and how it must be.</summary>
    internal static void Check(FonteHttpOptions options, Action<string, string> tell)
    {
        if (string.IsNullOrEmpty(options.CookieName) || options.CookieName.AsSpan().ContainsAnyExcept(CookieNameCharacters)) tell(nameof(options.CookieName), "must be a cookie's name");
        for (var i = 0; i < options.CookieOrigins.Count; i++)
        {
            if (!Uri.TryCreate(options.CookieOrigins[i], UriKind.Absolute, out var origin) || origin.GetLeftPart(UriPartial.Authority) != options.CookieOrigins[i])
                tell($"{nameof(options.CookieOrigins)}:{i}", "must be an origin, such as https://example.com");
        }
        for (var i = 0; i < options.PublicUrls.Count; i++)
        {
            if (!PublicOrigins.IsValid(options.PublicUrls[i])) tell($"{nameof(options.PublicUrls)}:{i}", "must be a scheme and a host, such as https://example.com");
        }
        for (var i = 0; i < options.Issuers.Count; i++)
        {
            var path = $"{nameof(options.Issuers)}:{i}";
            Check(options.Issuers[i], (option, rule) => tell($"{path}:{option}", rule));
        }
    }

    private static void Check(IssuerOptions issuer, Action<string, string> tell)
    {
        if (string.IsNullOrEmpty(issuer.Issuer)) tell(nameof(issuer.Issuer), "must be the identifier that its tokens carry as iss");
        if (new[] { issuer.Secret, issuer.KeyFile, issuer.JwksUrl }.Count(key => key is not null) != 1)
        {
            tell(nameof(issuer.Secret), "or KeyFile or JwksUrl must be given, and only one of them; for several keys name the issuer several times");
            return;
        }
        if (issuer.Secret is not null && Encoding.UTF8.GetByteCount(issuer.Secret) < FixedTokenKeys.LeastSecretBytes)
            tell(nameof(issuer.Secret), $"must have {FixedTokenKeys.LeastSecretBytes} bytes or more (RFC 7518, section 3.2)");
        if (issuer.KeyFile is not null && FaultOf(issuer.KeyFile) is { } fault) tell(nameof(issuer.KeyFile), fault);
        if (issuer.JwksUrl is not null && !IsFetched(issuer.JwksUrl)) tell(nameof(issuer.JwksUrl), "must be an https URL, or an http URL of this machine");
    }

    private static string? FaultOf(string file)
    {
        try
        {
            FixedTokenKeys.OfFile(file);
            return null;
        }
        catch (FormatException exception)
        {
            return $"must name a file of keys: {exception.Message.TrimEnd('.')}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "must name a file that can be read";
        }
    }

    // Whoever is on the way could otherwise put keys of his own in their place (CWE-345).
    private static bool IsFetched(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
