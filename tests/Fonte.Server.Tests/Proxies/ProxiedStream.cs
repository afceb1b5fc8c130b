using Xunit;

namespace Fonte.Server.Tests.Proxies;

/// <summary>An event stream that is read line by line; whoever waits for a line fails after half a minute.</summary>
internal sealed class ProxiedStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private ProxiedStream(HttpResponseMessage response, Stream body) => (_response, _lines) = (response, new(body));

    internal Version Version => _response.Version;

    internal static async Task<ProxiedStream> OpenAsync(HttpClient http, Uri hub)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub, "?match=a")) { Version = http.DefaultRequestVersion, VersionPolicy = http.DefaultVersionPolicy };
        request.Headers.Accept.Add(new("text/event-stream"));
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return new(response.EnsureSuccessStatusCode(), await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    internal async Task LineAsync(string expected)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        string? line;
        do line = await _lines.ReadLineAsync(limit.Token);
        while (line is not null && line != expected);
        Assert.Equal(expected, line);
    }

    /// <summary>Reads to the end, be it in order or cut.</summary>
    internal async Task<string> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var all = "";
        try
        {
            while (await _lines.ReadLineAsync(limit.Token) is { } line) all += line + "\n";
        }
        catch (IOException)
        {
            // Cut: nginx has no other way to say that the stream did not end in order.
        }
        return all;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
