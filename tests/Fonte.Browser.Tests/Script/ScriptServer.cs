using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fonte.Browser.Tests.Script;

/// <summary>Serves the module, an empty page, and a stream of which the test answers each request itself.</summary>
internal sealed class ScriptServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<ScriptedRequest> _requests = Channel.CreateUnbounded<ScriptedRequest>();

    private ScriptServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapFonteScript();
        _app.MapGet("/", () => Results.Text("<!doctype html><title>Page</title><link rel=icon href=data:,>", "text/html"));
        _app.MapGet("/stream", AnswerAsync);
        _app.MapGet("/streams/{index:int}", (int index) => Results.Bytes(Streams[index], "text/event-stream"));
    }

    /// <summary>Whole streams, each at <c>/streams/</c> and its index.</summary>
    internal List<byte[]> Streams { get; } = [];

    internal int Port => new Uri(_app.Urls.Single()).Port;

    internal string Page => $"http://127.0.0.1:{Port}/";

    /// <summary>The same under a name of the host that is no secure context.</summary>
    internal string InsecurePage => $"http://page.test:{Port}/";

    internal static async Task<ScriptServer> StartAsync()
    {
        var server = new ScriptServer();
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>The next request for the stream, which waits for its answer.</summary>
    internal async Task<ScriptedRequest> NextAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        return await _requests.Reader.ReadAsync(limit.Token);
    }

    /// <summary>Completes when there is a next one.</summary>
    internal Task AskedAsync() => _requests.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();

    internal bool HasMore => _requests.Reader.TryPeek(out _);

    public ValueTask DisposeAsync()
    {
        while (_requests.Reader.TryRead(out var left)) left.Abort();
        return _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var request = new ScriptedRequest(context);
        _requests.Writer.TryWrite(request);
        return request.Ended;
    }
}

/// <summary>A request for the stream.</summary>
internal sealed class ScriptedRequest(HttpContext context)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Ended => _ended.Task;

    internal string? LastEventId { get; } = context.Request.Query["last_event_id"].FirstOrDefault();

    internal string? Authorization { get; } = context.Request.Headers.Authorization.FirstOrDefault();

    /// <summary>Completes when the browser has given the request up.</summary>
    internal Task GivenUpAsync()
    {
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.RequestAborted.Register(given.SetResult);
        return given.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    /// <summary>Begins or goes on with a stream.</summary>
    internal async Task SendAsync(string text)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "text/event-stream";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
        await context.Response.Body.FlushAsync();
    }

    internal void End() => _ended.SetResult();

    internal void Abort()
    {
        context.Abort();
        _ended.TrySetResult();
    }

    internal async Task AnswerAsync(int status, string contentType = "text/plain", string body = "", string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = retryAfter;
        if (body.Length > 0)
        {
            context.Response.ContentType = contentType;
            await context.Response.WriteAsync(body);
        }
        End();
    }
}
