using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.AspNetCore.Tests.Authorization;

public sealed class JwksTokenKeysTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestKey _first = new("first");
    private readonly TestKey _second = new("second");
    private readonly Issuer _issuer = new();
    private readonly LogIds _log = new();
    private readonly HttpClient _client;
    private readonly JwksTokenKeys _keys;

    public JwksTokenKeysTests()
    {
        _issuer.Answer = TestKey.SetOf([_first]);
        _client = new(_issuer);
        _keys = new(new("https://issuer.example/keys"), _client, _time, _log);
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
    public async Task Keys_are_fetched_once_and_again_when_they_are_old_without_anybody_waiting()
    {
        Assert.Equal(["first"], await IdsAsync("first"));
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(["first"], await IdsAsync("first"));
        Assert.Equal(1, _issuer.Calls);
        _time.Advance(TimeSpan.FromMinutes(2));
        _issuer.Answer = TestKey.SetOf([_second]);
        _issuer.Hold();
        Assert.Equal(["first"], await IdsAsync("first"));
        Assert.Equal(["first"], await IdsAsync(null));
        _issuer.Release();
        await _keys.Fetching;
        Assert.Equal(["second"], await IdsAsync(null));
        Assert.Equal(2, _issuer.Calls);
    }

    [Fact]
    public async Task Keys_that_nobody_has_looked_at_for_an_hour_are_waited_for()
    {
        await IdsAsync("first");
        _issuer.Answer = TestKey.SetOf([_second]);
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(["second"], await IdsAsync("first"));
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

    [Fact]
    public async Task Who_waits_shares_one_fetch_and_may_give_up_alone()
    {
        _issuer.Hold();
        using var impatient = new CancellationTokenSource();
        var given = _keys.GetAsync("first", impatient.Token).AsTask();
        var waiting = Enumerable.Range(0, 10).Select(_ => IdsAsync("first")).ToList();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        _issuer.Release();
        Assert.All(await Task.WhenAll(waiting), ids => Assert.Equal(["first"], ids));
        Assert.Equal(1, _issuer.Calls);
    }

    [Fact]
    public async Task Issuer_that_fails_is_told_of_once_and_again_when_it_works()
    {
        _issuer.Answer = null;
        for (var n = 0; n < 3; n++)
        {
            await IdsAsync("first");
            _time.Advance(TimeSpan.FromSeconds(31));
        }
        Assert.Equal([41], _log.All);
        _issuer.Answer = TestKey.SetOf([_first]);
        Assert.Equal(["first"], await IdsAsync("first"));
        Assert.Equal([41, 49], _log.All);
        Assert.Equal(4, _issuer.Calls);
    }

    [Fact]
    public async Task Body_that_is_too_long_gives_no_keys()
    {
        _issuer.Answer = TestKey.SetOf([_first]) + new string(' ', 1024 * 1024);
        Assert.Empty(await IdsAsync("first"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no JSON")]
    [InlineData("""{"keys":[{"kty":"oct","kid":"first","k":"YSBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcyBvciBtb3JlLCByZWFsbHk"}]}""")]
    public async Task While_the_issuer_gives_none_those_known_before_are_used_and_no_shared_key_ever(string? answer)
    {
        await IdsAsync("first");
        _issuer.Answer = answer;
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(answer?.StartsWith('{') == true ? [] : ["first"], await IdsAsync("first"));
    }

    private async Task<IEnumerable<string>> IdsAsync(string? keyId) => (await _keys.GetAsync(keyId, TestContext.Current.CancellationToken)).Select(key => key.KeyId);

    private sealed class Issuer : HttpMessageHandler
    {
        internal string? Answer { get; set; }

        private TaskCompletionSource _held = Completed();

        internal int Calls { get; private set; }

        internal void Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal void Release() => _held.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            await _held.Task.WaitAsync(cancellationToken);
            return new(Answer is null ? HttpStatusCode.InternalServerError : HttpStatusCode.OK) { Content = new StringContent(Answer ?? "") };
        }

        private static TaskCompletionSource Completed()
        {
            var completed = new TaskCompletionSource();
            completed.SetResult();
            return completed;
        }
    }

    private sealed class LogIds : ILogger
    {
        private readonly List<int> _ids = [];

        internal IReadOnlyList<int> All => _ids;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _ids.Add(eventId.Id);
    }
}
