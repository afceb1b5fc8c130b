using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Fonte.Server.Tests.Proxies;

/// <summary>nginx as an ordinary process, in a folder and on a port of its own.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Tool _tool;

    private NginxProcess(TemporaryFolder folder, Tool tool, Uri address) => (_folder, _tool, Address) = (folder, tool, address);

    internal Uri Address { get; }

    internal Uri Hub => new(Address, "/.well-known/mercure");

    /// <summary>Starts it with what stands in <c>http { … }</c>, made for its port.</summary>
    internal static async Task<NginxProcess> StartAsync(Func<int, string> http, string scheme = "http")
    {
        Assert.True(File.Exists("/usr/sbin/nginx"), "There is no nginx: ./test installs it.");
        var folder = new TemporaryFolder();
        var port = FreePort();
        await File.WriteAllTextAsync(folder.File("nginx.conf"), $$"""
            daemon off;
            user root;
            worker_processes 1;
            pid {{folder.File("pid")}};
            error_log /dev/stdout notice;
            events { worker_connections 512; }
            http {
                access_log off;
                client_body_temp_path {{folder.File("body")}};
                proxy_temp_path {{folder.File("proxy")}};
                fastcgi_temp_path {{folder.File("fastcgi")}};
                uwsgi_temp_path {{folder.File("uwsgi")}};
                scgi_temp_path {{folder.File("scgi")}};
                {{http(port)}}
            }
            """, TestContext.Current.CancellationToken);
        var tool = Tool.StartFile("/usr/sbin/nginx", ["-c", folder.File("nginx.conf"), "-p", folder.Path]);
        await tool.LineAsync("start worker process ");
        return new(folder, tool, new($"{scheme}://127.0.0.1:{port}"));
    }

    /// <summary>A proxy as somebody writes it who thinks of answers that end.</summary>
    internal static Task<NginxProcess> StartNaiveAsync(Uri upstream, string directives = "") =>
        StartAsync(port => $"server {{ listen 127.0.0.1:{port}; {directives} location / {{ proxy_pass {upstream.GetLeftPart(UriPartial.Authority)}; }} }}");

    public async ValueTask DisposeAsync()
    {
        await _tool.DisposeAsync();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
