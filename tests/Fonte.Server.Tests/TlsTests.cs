using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fonte.Client;
using Xunit;

namespace Fonte.Server.Tests;

public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Stream_over_tls_works_with_http_1_and_2(string version)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(_folder.File("cert.pem"), certificate.ExportCertificatePem(), Stop);
        await File.WriteAllTextAsync(_folder.File("key.pem"), key.ExportPkcs8PrivateKeyPem(), Stop);
        await using var server = await RunningServer.StartAsync(":memory:", "https://127.0.0.1:0", "--tls-cert", _folder.File("cert.pem"), "--tls-key", _folder.File("key.pem"));
        using var handler = new SocketsHttpHandler();
        handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == certificate.GetCertHashString() };
        using var http = new HttpClient(handler) { DefaultRequestVersion = Version.Parse(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Hub, "?match=a")) { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(Version.Parse(version), response.Version);
        var client = new FonteClient(http, new() { HubUrl = server.Hub });
        await client.PublishAsync(new() { Topics = ["a"], Data = new string('x', 200_000) + "end" }, Stop);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Stop));
        string? line;
        do line = await reader.ReadLineAsync(Stop);
        while (line?.StartsWith("data: ", StringComparison.Ordinal) == false);
        Assert.Equal(200_009, line!.Length);
    }

    [Fact]
    public async Task Whole_chain_of_the_certificate_file_is_sent()
    {
        using var root = Issue("CN=Test root", null);
        using var intermediate = Issue("CN=Test intermediate", root);
        using var leaf = Issue("CN=localhost", intermediate, authority: false);
        await File.WriteAllTextAsync(_folder.File("cert.pem"), leaf.ExportCertificatePem() + "\n" + intermediate.ExportCertificatePem() + "\n", Stop);
        await File.WriteAllTextAsync(_folder.File("key.pem"), leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Stop);
        await using var server = await RunningServer.StartAsync(":memory:", "https://127.0.0.1:0", "--tls-cert", _folder.File("cert.pem"), "--tls-key", _folder.File("key.pem"));
        using var handler = new SocketsHttpHandler();
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(root);
        handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust };
        using var http = new HttpClient(handler);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(server.Address, "/healthz"), Stop)).StatusCode);
    }

    private static X509Certificate2 Issue(string name, X509Certificate2? issuer, bool authority = true)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        if (!authority)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        if (issuer is null) return request.CreateSelfSigned(from, to);
        using var issued = request.Create(issuer, from.AddHours(1), to.AddHours(-1), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
