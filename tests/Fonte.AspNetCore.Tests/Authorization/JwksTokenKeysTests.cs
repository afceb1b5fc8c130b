using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.AspNetCore.Tests.Authorization;

public sealed class JwksTokenKeysTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestKey _first = new("first");
    private readonly TestKey _second = new("second");
    private readonly Issuer _issuer = new();
    private readonly HttpClient _client;
    private readonly JwksTokenKeys _keys;

    public JwksTokenKeysTests()
    {
        _issuer.Answer = TestKey.SetOf([_first]);
        _client = new(_issuer);
        _keys = new(new("https://issuer.example/keys"), _client, _time, NullLogger.Instance);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _client.Dispose();
        _issuer.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Keys_are_fetched_once_and_again_when_they_are_old()
    {
        Assert.Equal(["first"], await IdsAsync("first"));
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(["first"], await IdsAsync("first"));
        Assert.Equal(1, _issuer.Calls);
        _time.Advance(TimeSpan.FromMinutes(2));
        _issuer.Answer = TestKey.SetOf([_second]);
        Assert.Equal(["second"], await IdsAsync(null));
    }

    [Fact]
    public async Task Key_that_is_not_among_them_has_them_fetched_early_and_not_all_the_time()
    {
        await IdsAsync("first");
        _issuer.Answer = TestKey.SetOf([_first, _second]);
        Assert.Equal(["first"], await IdsAsync("second"));
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(["first", "second"], await IdsAsync("second"));
        for (var n = 0; n < 100; n++) await IdsAsync($"stranger {n}");
        Assert.Equal(2, _issuer.Calls);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no JSON")]
    [InlineData("""{"keys":[{"kty":"oct","kid":"first","k":"YSBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcyBvciBtb3JlLCByZWFsbHk"}]}""")]
    public async Task While_the_issuer_gives_none_those_known_before_are_used_and_no_shared_key_ever(string? answer)
    {
        await IdsAsync("first");
        _issuer.Answer = answer;
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(answer?.StartsWith('{') == true ? [] : ["first"], await IdsAsync("first"));
    }

    private async Task<IEnumerable<string>> IdsAsync(string? keyId) => (await _keys.GetAsync(keyId, TestContext.Current.CancellationToken)).Select(key => key.KeyId);

    private sealed class Issuer : HttpMessageHandler
    {
        internal string? Answer { get; set; }

        internal int Calls { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            return Task.FromResult(new HttpResponseMessage(Answer is null ? HttpStatusCode.InternalServerError : HttpStatusCode.OK) { Content = new StringContent(Answer ?? "") });
        }
    }
}
