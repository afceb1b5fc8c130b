namespace Fonte.PeerBench;

/// <summary>nginx with the nchan module.</summary>
internal sealed class NchanPeer : Peer
{
    private const string Module = "/usr/lib/nginx/modules/ngx_nchan_module.so";

    public override string Name => "nchan";

    public override string What => "nginx 1.22 with nchan (Debian 12), one worker, events in memory";

    public override Load LoadAt(int port) => new() { Url = $"http://127.0.0.1:{port}/stream", PublishUrl = $"http://127.0.0.1:{port}/publish" };

    protected override ServerStart Prepare(string folder, int port)
    {
        Installed(Module, "nginx libnginx-mod-nchan");
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            load_module {{Module}};
            daemon off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { worker_connections 19900; }
            http {
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                keepalive_requests 1000000000;
                nchan_max_reserved_memory 256m;
                server {
                    listen 127.0.0.1:{{port}} backlog=4096;
                    location /stream {
                        nchan_subscriber eventsource;
                        nchan_subscriber_first_message newest;
                        nchan_channel_id t;
                        nchan_eventsource_ping_interval 15;
                    }
                    location /publish {
                        nchan_publisher;
                        nchan_channel_id t;
                        nchan_message_buffer_length 5000;
                        nchan_message_timeout 1m;
                    }
                }
            }
            """);
        return new("/usr/sbin/nginx", ["-c", file, "-p", folder]);
    }
}
