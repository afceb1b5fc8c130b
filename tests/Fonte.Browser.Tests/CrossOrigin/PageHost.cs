using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fonte.Browser.Tests.CrossOrigin;

/// <summary>
/// The applications whose pages use the hub, one for each name of a host. A visit with <c>?as=NAME</c> signs in: the answer sets the cookie
/// that the application keeps under this name.
/// </summary>
internal sealed class PageHost : IAsyncDisposable
{
    private readonly Dictionary<string, string> _cookies = [];
    private readonly WebApplication _app;

    private PageHost(TestCertificate certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate.Certificate));
        builder.WebHost.UseUrls("https://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    private int Port => new Uri(_app.Urls.Single()).Port;

    internal static async Task<PageHost> StartAsync(TestCertificate certificate)
    {
        var host = new PageHost(certificate);
        await host._app.StartAsync();
        return host;
    }

    internal string Origin(string host) => $"https://{host}:{Port}";

    /// <summary>Keeps a cookie, with its attributes; returns the path and query of a visit that sets it.</summary>
    internal string Keep(string cookie)
    {
        var name = Guid.NewGuid().ToString();
        lock (_cookies) _cookies.Add(name, cookie);
        return "/?as=" + name;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Query["as"] is [{ } name])
        {
            lock (_cookies) context.Response.Headers.SetCookie = _cookies[name];
        }
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync("<!doctype html><title>Page</title>");
    }
}
