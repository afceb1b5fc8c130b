using System.Security.Cryptography;
using System.Text;

namespace Fonte.Samples.Echo;

/// <summary>Who posts, as the cookie says: all windows of a browser are one.</summary>
internal sealed class EchoSession
{
    public const string CookieName = "echo_session";
    private const int SecretBytes = 16;

    private EchoSession(string secret) => Secret = secret;

    /// <summary>128 random bits: who has them is the session.</summary>
    public string Secret { get; }

    /// <summary>Where its texts are. Made of the secret's hash, so that whoever sees a topic, as in a log, does not have the secret.</summary>
    public string Topic => "echo/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)).AsSpan(0, SecretBytes));

    public static EchoSession New() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>The request's, or null.</summary>
    public static EchoSession? Of(HttpRequest request) =>
        request.Cookies[CookieName] is { Length: SecretBytes * 2 } secret && secret.All(char.IsAsciiHexDigitLower) ? new(secret) : null;

    /// <summary>No script reads it, and no page of another site brings it (CWE-1275).</summary>
    public void Keep(HttpContext context) =>
        context.Response.Cookies.Append(CookieName, Secret, new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/echo/" });
}
