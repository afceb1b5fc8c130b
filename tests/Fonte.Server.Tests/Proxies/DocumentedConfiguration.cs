using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Xunit;

namespace Fonte.Server.Tests.Proxies;

/// <summary>The configuration that docs/proxies.md shows, put to a hub and a port.</summary>
internal static partial class DocumentedConfiguration
{
    private const string Listen = "listen 443 ssl http2;";
    private const string Certificate = "ssl_certificate /etc/ssl/hub.example.pem;";
    private const string Key = "ssl_certificate_key /etc/ssl/hub.example.key;";

    /// <summary>Without TLS, over HTTP/1.1; <paramref name="changes"/> are pairs of what is there and what stands in its place.</summary>
    internal static Task<NginxProcess> StartAsync(Uri upstream, params (string There, string Instead)[] changes) =>
        NginxProcess.StartAsync(port => Change(Text(), [("127.0.0.1:8000", upstream.Authority), (Listen, $"listen 127.0.0.1:{port};"), (Certificate, ""), (Key, ""), .. changes]));

    /// <summary>With TLS and HTTP/2, and a certificate whose files lie in the folder.</summary>
    internal static async Task<NginxProcess> StartWithTlsAsync(Uri upstream, TemporaryFolder folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=hub.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(folder.File("cert.pem"), certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("key.pem"), key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        return await NginxProcess.StartAsync(port => Change(Text(),
            [
                ("127.0.0.1:8000", upstream.Authority),
                (Listen, Listen.Replace("443", $"127.0.0.1:{port}", StringComparison.Ordinal)),
                (Certificate, $"ssl_certificate {folder.File("cert.pem")};"),
                (Key, $"ssl_certificate_key {folder.File("key.pem")};"),
            ]), "https");
    }

    private static string Text() => NginxBlock().Match(File.ReadAllText(Path.Combine(Tool.SourceRoot(), "docs", "proxies.md"))).Groups[1].Value;

    private static string Change(string text, (string There, string Instead)[] changes)
    {
        foreach (var (there, instead) in changes)
        {
            Assert.Contains(there, text, StringComparison.Ordinal);
            text = text.Replace(there, instead, StringComparison.Ordinal);
        }
        return text;
    }

    [GeneratedRegex("```nginx\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex NginxBlock();
}
