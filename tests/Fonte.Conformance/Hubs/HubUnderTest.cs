using System.Net.Http.Headers;
using Fonte.AspNetCore.Tests.Authorization;
using Xunit;

namespace Fonte.Conformance.Hubs;

/// <summary>A hub that is known by its URL and a key to sign tokens with, and by nothing else.</summary>
public abstract class HubUnderTest : IAsyncLifetime
{
    private HttpClient? _http;

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The hub's URL, which is also the audience of tokens, unless <c>FONTE_CONFORMANCE_AUDIENCE</c> is another.</summary>
    internal Uri Url { get; private set; } = null!;

    internal virtual string Issuer => TestToken.Issuer;

    internal virtual string Secret => TestToken.Secret;

    internal virtual string Audience => Url.AbsoluteUri;

    /// <summary>The origin whose pages the hub trusts with credentials, or <see langword="null"/> when it is not known.</summary>
    internal virtual string? TrustedOrigin => "https://pages.example";

    /// <summary>The longest that a quiet stream may go without a comment.</summary>
    internal virtual TimeSpan KeepAlive => TimeSpan.FromSeconds(10);

    /// <summary>Keys of an issuer beside <see cref="Issuer"/>, or <see langword="null"/> when none are given.</summary>
    private protected virtual SigningKeys? Keys { get; } = SigningKeys.New();

    /// <summary>A topic that no other test uses.</summary>
    internal static string NewTopic() => $"https://conformance.example/{Guid.NewGuid()}";

    /// <summary>A token that grants these; wrong in nothing, until it is made so.</summary>
    internal TestToken Token(params (string Action, string Match, string? Type)[] grants)
    {
        var token = new TestToken().With("iss", Issuer).With("aud", Audience);
        foreach (var (action, match, type) in grants) token.Details.Add(TestToken.Detail(action, match, type));
        return token;
    }

    internal string Signed(TestToken token) => token.Sign(Secret);

    /// <summary>Keys for the algorithm; of a hub that is known by its URL only those that were given can be tested.</summary>
    internal SigningKeys KeysFor(string algorithm)
    {
        Assert.SkipUnless(Keys?.Has(algorithm) == true, $"No key for {algorithm} was given.");
        return Keys!;
    }

    /// <summary>The trusted origin; of a hub that is known by its URL only one that was given can be tested.</summary>
    internal string OriginToTrust()
    {
        Assert.SkipWhen(TrustedOrigin is null, "No trusted origin was given.");
        return TrustedOrigin!;
    }

    /// <summary>Publishes with a token for every topic.</summary>
    internal async Task<HttpResponseMessage> PostAsync(params (string Name, string Value)[] fields) =>
        await PostAsync(Signed(Token(("publish", "*", null))), fields);

    internal async Task<HttpResponseMessage> PostAsync(string? token, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await SendAsync(request);
    }

    /// <summary>Publishes a body that is not, or not only, what a form makes.</summary>
    internal async Task<HttpResponseMessage> PostRawAsync(string body, string contentType = "application/x-www-form-urlencoded")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Url) { Content = new StringContent(body, new MediaTypeHeaderValue(contentType)) };
        request.Headers.Authorization = new("Bearer", Signed(Token(("publish", "*", null))));
        return await SendAsync(request);
    }

    /// <summary>Publishes what must be accepted; returns the event's ID.</summary>
    internal async Task<string> PublishAsync(params (string Name, string Value)[] fields)
    {
        using var response = await PostAsync(fields);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    /// <summary>Opens an event stream, or what is answered in place of one.</summary>
    internal async Task<StreamUnderTest> OpenAsync(string query, string? token = null, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url.AbsoluteUri + query));
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return new(await SendAsync(request));
    }

    /// <summary>Gets what is at a path of the hub's host, written exactly so: a slash that is escaped is not a segment's end.</summary>
    internal async Task<HttpResponseMessage> GetAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Url.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return await SendAsync(request);
    }

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Url = await StartAsync();
        _http = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await EndAsync();
        Keys?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the hub, if it must be started; returns its URL.</summary>
    private protected abstract Task<Uri> StartAsync();

    private protected abstract ValueTask EndAsync();
}
