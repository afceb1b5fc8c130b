using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fonte.PeerBench;

/// <summary>The same over TLS, where every byte takes the ordinary path. Only reported.</summary>
internal static class SecureRow
{
    public static readonly Row Row = new(
        "tls", "1,000 subscribers over TLS, one 100-byte event at a time, 10 a second, with HTTP/1.1 and HTTP/2: server CPU a delivery and p99",
        async (run, cancellationToken) =>
        {
            var figures = new Dictionary<string, double>();
            foreach (var http2 in (bool[])[false, true])
            {
                var report = await MeasureAsync(run, http2, cancellationToken);
                figures[$"HTTP/{(http2 ? "2" : "1.1")}: server CPU a delivery, µs"] = report.MicrosecondsPerDelivery;
                figures[$"HTTP/{(http2 ? "2" : "1.1")}: p99, ms"] = report.P99;
                figures[$"HTTP/{(http2 ? "2" : "1.1")}: memory a connection, kB"] = report.BytesPerSubscriber / 1e3;
            }

            return figures;
        },
        new Dictionary<string, (double, double)>());

    private static async Task<LoadReport> MeasureAsync(RowRun run, bool http2, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(run.Options.Data, $"tls-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            var (certificate, key) = WriteCertificate(folder);
            using var server = await run.StartAsync(cancellationToken, "--tls-cert", certificate, "--tls-key", key);
            // The events are published over plain HTTP, so that only the deliveries differ.
            return await (server.Peer.Load with
            {
                Url = $"https://127.0.0.1:{server.Peer.Port + 1}/.well-known/mercure?match=t",
                PublishUrl = $"http://127.0.0.1:{server.Peer.Port}/.well-known/mercure",
                PublishBody = "topic=t&data={data}",
                PublishType = "application/x-www-form-urlencoded",
                Http2 = http2,
            }).RunAsync(run.Options.Placement, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (string Certificate, string Key) WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(40), DateTimeOffset.UnixEpoch.AddYears(200));
        var (file, keyFile) = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (file, keyFile);
    }
}
