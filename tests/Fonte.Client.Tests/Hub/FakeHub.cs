using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Fonte.Client.Tests.Hub;

/// <summary>Answers each request with the next step of a script and remembers what was asked; beyond the script it answers 204.</summary>
internal sealed class FakeHub : HttpMessageHandler
{
    private readonly Queue<Func<CancellationToken, Task<HttpResponseMessage>>> _steps = new();

    public List<Asked> Requests { get; } = [];

    public static Uri Url { get; } = new("https://hub.test/.well-known/mercure");

    public FakeHub Then(Func<CancellationToken, Task<HttpResponseMessage>> step)
    {
        _steps.Enqueue(step);
        return this;
    }

    public FakeHub Then(HttpResponseMessage response) => Then(_ => Task.FromResult(response));

    public FakeHub ThenStream(Stream body, string mediaType = "text/event-stream")
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) };
        response.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        return Then(response);
    }

    public FakeHub ThenStream(string text, BodyEnd end = BodyEnd.Closed) => ThenStream(new FakeBody(Encoding.UTF8.GetBytes(text), end));

    public FakeHub ThenProblem(int status, string json, string mediaType = "application/problem+json") =>
        Then(new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(json, Encoding.UTF8, mediaType) });

    public FakeHub ThenStatus(int status, string? retryAfter = null)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status);
        if (retryAfter is not null)
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return Then(response);
    }

    public FakeHub ThenUnreachable() => Then(_ => throw new HttpRequestException("connection refused"));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(new Asked(
            request.Method,
            request.RequestUri!,
            request.Headers.TryGetValues("Last-Event-ID", out var values) ? values.Single() : null,
            request.Headers.Accept.ToString(),
            request.Content?.Headers.ContentType?.ToString(),
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : null,
            request.Headers.Authorization?.ToString()));
        if (Requests.Count > 1000)
            throw new InvalidOperationException("The client does not stop.");
        var response = _steps.TryDequeue(out var step) ? await step(cancellationToken) : new HttpResponseMessage(HttpStatusCode.NoContent);
        response.RequestMessage = request;
        return response;
    }
}

internal sealed record Asked(HttpMethod Method, Uri Url, string? LastEventId, string Accept, string? ContentType, string Body, string? IdempotencyKey, string? Authorization)
{
    public IEnumerable<(string Name, string Value)> Query => Pairs(Url.Query.TrimStart('?'));

    public IEnumerable<(string Name, string Value)> Form => Pairs(Body);

    private static IEnumerable<(string, string)> Pairs(string text) =>
        from pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries)
        let parts = pair.Split('=')
        select (Decode(parts[0]), Decode(parts[1]));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
