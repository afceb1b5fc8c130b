using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fonte.Browser.Tests.Browser;

/// <summary>
/// Stands between a browser and the demo: forwards everything, tells what it forwarded, cuts or refuses event streams on command,
/// and can take from them every event ID that comes without data, which is what a position block is.
/// </summary>
internal sealed class StreamProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;
    private readonly bool _stripPositions;
    private readonly HashSet<HttpContext> _streams = [];
    private readonly Channel<string?> _requests = Channel.CreateUnbounded<string?>();
    private readonly Channel<int> _positions = Channel.CreateUnbounded<int>();
    private TaskCompletionSource<int> _gate = NewGate();

    private StreamProxy(Uri demo, bool stripPositions)
    {
        _http = new HttpClient { BaseAddress = demo };
        _stripPositions = stripPositions;
        Open();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(ForwardAsync);
    }

    public Uri Address => new(_app.Urls.Single());

    public static async Task<StreamProxy> StartAsync(Uri demo, bool stripPositions)
    {
        var proxy = new StreamProxy(demo, stripPositions);
        await proxy._app.StartAsync(TestContext.Current.CancellationToken);
        return proxy;
    }

    /// <summary>The next request for an event stream: its last event ID, as a field or a parameter, or null when it has none.</summary>
    public ValueTask<string?> NextRequestAsync() => _requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits for a stream's first position block from the demo; gives the bytes of the stream forwarded by then.</summary>
    public ValueTask<int> NextPositionAsync() => _positions.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Cuts every event stream, and holds those that come next until <see cref="Open"/>.</summary>
    public void Cut()
    {
        _gate = NewGate();
        // A request that has ended has left the set, under the same lock: its context may already serve another.
        lock (_streams)
        {
            foreach (var stream in _streams) stream.Abort();
        }
    }

    public void Open() => _gate.SetResult(StatusCodes.Status200OK);

    /// <summary>Answers 503 to the event streams that are held, and goes on holding those that come next.</summary>
    public void Refuse()
    {
        var held = _gate;
        _gate = NewGate();
        held.SetResult(StatusCodes.Status503ServiceUnavailable);
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        _gate.SetCanceled();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        try
        {
            await ForwardRequestAsync(context);
        }
        finally
        {
            lock (_streams) _streams.Remove(context);
        }
    }

    private async Task ForwardRequestAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Request.Path + context.Request.QueryString);
        var lastEventId = context.Request.Headers["Last-Event-ID"].FirstOrDefault();
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        if (context.Request.Headers.Accept.Contains("text/event-stream"))
        {
            context.Response.StatusCode = await ArriveAsync(context, lastEventId);
            if (context.Response.StatusCode != StatusCodes.Status200OK) return;
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream") await ForwardStreamAsync(context, body);
        else await body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task<int> ArriveAsync(HttpContext context, string? lastEventId)
    {
        var gate = _gate.Task;
        _requests.Writer.TryWrite(lastEventId ?? context.Request.Query["last_event_id"].FirstOrDefault());
        var status = await gate.WaitAsync(context.RequestAborted);
        lock (_streams) _streams.Add(context);
        return status;
    }

    private async Task ForwardStreamAsync(HttpContext context, Stream body)
    {
        using var reader = new StreamReader(body);
        var block = new List<string>();
        var bytes = 0;
        var positioned = false;
        while (await reader.ReadLineAsync(context.RequestAborted) is { } line)
        {
            block.Add(line);
            if (line.Length > 0) continue;
            var isPosition = IsPosition(block);
            if (isPosition && _stripPositions) block.RemoveAll(IsId);
            var text = Encoding.UTF8.GetBytes(string.Concat(block.Select(part => part + "\n")));
            block.Clear();
            await context.Response.Body.WriteAsync(text, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            bytes += text.Length;
            if (isPosition && !positioned) _positions.Writer.TryWrite(bytes);
            positioned |= isPosition;
        }
    }

    private static TaskCompletionSource<int> NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsPosition(List<string> block) =>
        block.Exists(IsId) && !block.Exists(line => line.StartsWith("data", StringComparison.Ordinal));

    private static bool IsId(string line) => line.StartsWith("id:", StringComparison.Ordinal);
}
