using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fonte.AspNetCore;

namespace Fonte.Server;

/// <summary>The server's own options: read, checked, and turned into addresses to listen on.</summary>
internal static class ServeConfiguration
{
    internal static ServeOptions Read(IConfiguration configuration)
    {
        try
        {
            var section = configuration.GetSection(FonteServiceCollectionExtensions.ConfigurationSection);
            foreach (var text in new[] { nameof(ServeOptions.CorsOrigins), nameof(ServeOptions.PublicUrls) })
            {
                if (section.GetSection(text).GetChildren().Any()) throw Wrong($"Fonte:{text} is one text, not a list; separate its parts with commas.");
            }
            var options = section.Get<ServeOptions>() ?? new ServeOptions();
            Check(options);
            // Bound once more by AddFonte; here only so that a value of the wrong kind becomes a sentence.
            _ = section.Get<FonteHttpOptions>();
            return options;
        }
        catch (InvalidOperationException exception)
        {
            throw Wrong(WrongValue.Describe(exception));
        }
    }

    internal static void Listen(WebApplicationBuilder builder, ServeOptions options)
    {
        builder.WebHost.UseUrls(options.Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        if (options.TlsCert is null) return;
        var (certificate, chain) = ReadCertificate(options.TlsCert, options.TlsKey);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => (https.ServerCertificate, https.ServerCertificateChain) = (certificate, chain)));
    }

    private static void Check(ServeOptions options)
    {
        var urls = options.Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (urls.Length == 0) throw Wrong("--urls needs an address, such as http://127.0.0.1:8000.");
        foreach (var url in urls) CheckUrl(url, options);
        if (options.TlsCert is null != options.TlsKey is null) throw Wrong("--tls-cert and --tls-key go together; give both.");
        SharedLogs.Check(options);
        foreach (var origin in options.Origins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin)
                throw Wrong($"'{origin}' in --cors-origins is not an origin; write it like https://example.com.");
        }
    }

    private static void CheckUrl(string url, ServeOptions options)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw Wrong($"'{url}' in --urls is not an address; write it like http://127.0.0.1:8000.");
        }
        if (address.Scheme is not ("http" or "https") || address.PathBase.Length > 0 || address.Port is < 0 or > 65535)
            throw Wrong($"'{url}' in --urls is not an address; write it like http://127.0.0.1:8000, without a path.");
        // Kestrel takes any other name for every interface, which its author hardly meant (CWE-1327).
        if (!address.IsUnixPipe && address.Host is not ("localhost" or "*" or "+") && !IPAddress.TryParse(address.Host, out _))
            throw Wrong($"'{address.Host}' in --urls is not an address of this machine; give an IP address, localhost, or * for all.");
        if (address.Scheme == "https" && options.TlsCert is null) throw Wrong($"'{url}' needs a certificate; give --tls-cert and --tls-key.");
    }

    // The file is the leaf and then what signed it; clients have only the root (RFC 8446, 4.4.2).
    private static (X509Certificate2 Leaf, X509Certificate2Collection Chain) ReadCertificate(string certificate, string? key)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            return (X509Certificate2.CreateFromPemFile(certificate, key), chain);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Wrong($"The certificate {certificate} with key {key} cannot be read: {exception.Message}");
        }
    }

    private static CommandException Wrong(string sentence) => new(sentence, FonteCommand.CannotStart);
}
