namespace Fonte.PeerBench;

/// <summary>Pushpin, with its built-in test origin that holds a stream on the channel <c>test</c>.</summary>
internal sealed class PushpinPeer : Peer
{
    public override string Name => "pushpin";

    public override string What => "Pushpin (Debian 12), one connection for each publish because it keeps none alive";

    // The stream is text/plain there; each event is one chunk as it is published.
    public override Load LoadAt(int port) => new()
    {
        Url = $"http://127.0.0.1:{port}/stream",
        PublishUrl = $"http://127.0.0.1:{port + 1}/publish/",
        PublishBody = """{"items":[{"channel":"test","formats":{"http-stream":{"content":"data: {data}\n\n"}}}]}""",
        PublishType = "application/json",
    };

    protected override ServerStart Prepare(string folder, int port)
    {
        var pushpin = Installed("/usr/bin/pushpin", "pushpin");
        var libraries = Path.Combine(folder, "lib");
        Directory.CreateDirectory(libraries);
        Directory.CreateDirectory(Path.Combine(folder, "run"));
        foreach (var file in Directory.EnumerateFiles("/usr/lib/pushpin")) File.Copy(file, Path.Combine(libraries, Path.GetFileName(file)), overwrite: true);
        foreach (var name in (string[])["runner"])
        {
            if (Directory.Exists($"/usr/lib/pushpin/{name}") && !Directory.Exists(Path.Combine(libraries, name)))
                Directory.CreateSymbolicLink(Path.Combine(libraries, name), $"/usr/lib/pushpin/{name}");
            if (Directory.Exists($"/etc/pushpin/{name}") && !Directory.Exists(Path.Combine(folder, name)))
                Directory.CreateSymbolicLink(Path.Combine(folder, name), $"/etc/pushpin/{name}");
        }

        Replace(Path.Combine(libraries, "internal.conf"), ("ipc:///var/run/zurl/zurl-", "ipc://{rundir}/{ipc_prefix}zurl-"));
        File.WriteAllText(Path.Combine(folder, "routes"), "* test\n");
        var configuration = Path.Combine(folder, "pushpin.conf");
        File.Copy("/etc/pushpin/pushpin.conf", configuration, overwrite: true);
        Replace(configuration,
            ("include={libdir}/internal.conf", $"include={libraries}/internal.conf"),
            ("rundir=/var/run/pushpin", $"rundir={folder}/run"),
            ("rundir=/run/pushpin", $"rundir={folder}/run"),
            ("services=condure,pushpin-proxy,pushpin-handler", "services=condure,zurl,pushpin-proxy,pushpin-handler"),
            ("http_port=7999", $"http_port={port}"),
            ("logdir=/var/log/pushpin", $"logdir={folder}"),
            ("push_in_http_port=5561", $"push_in_http_port={port + 1}"),
            ("tcp://127.0.0.1:5560", $"tcp://127.0.0.1:{port + 2}"),
            ("tcp://127.0.0.1:5562", $"tcp://127.0.0.1:{port + 3}"),
            ("tcp://127.0.0.1:5563", $"tcp://127.0.0.1:{port + 4}"),
            ("message_rate=2500", "message_rate=1000000"),
            ("message_hwm=25000", "message_hwm=1000000"));
        return new(pushpin, ["--config", configuration]);
    }

    protected override int ReadyPort(int port) => port + 1;

    protected override async Task WaitUntilAnsweringAsync(int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using var http = new HttpClient();
        while (true)
        {
            using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/stream"), HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.IsSuccessStatusCode) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    private static void Replace(string file, params (string Old, string New)[] changes)
    {
        var text = File.ReadAllText(file);
        foreach (var (old, current) in changes) text = text.Replace(old, current, StringComparison.Ordinal);
        File.WriteAllText(file, text);
    }
}
