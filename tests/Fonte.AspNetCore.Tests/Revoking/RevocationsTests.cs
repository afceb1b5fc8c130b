using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.AspNetCore.Tests.Revoking;

/// <summary>What is revoked, and what of it the log keeps.</summary>
public sealed class RevocationsTests : IAsyncDisposable
{
    private const string Issuer = "https://issuer.example";
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private readonly MemoryEventLog _log;

    public RevocationsTests() => _log = new(4096, _time);

    private DateTimeOffset Now => _time.GetUtcNow();

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task Token_is_revoked_by_its_identifier_and_its_issuer()
    {
        await using var revocations = Open();
        await AddAsync(revocations, OfToken("1"));
        Assert.True(revocations.Includes(Token(id: "1")));
        Assert.False(revocations.Includes(Token(id: "2")));
        Assert.False(revocations.Includes(Token(id: "1") with { Issuer = "https://other.example" }));
        Assert.False(revocations.Includes(Token(subject: "1")));
    }

    [Fact]
    public async Task Subject_is_revoked_up_to_now()
    {
        await using var revocations = Open();
        await AddAsync(revocations, OfSubject("s"));
        Assert.True(revocations.Includes(Token(subject: "s", issuedAt: Now)));
        Assert.True(revocations.Includes(Token(subject: "s", issuedAt: Now.AddDays(-1))));
        Assert.True(revocations.Includes(Token(subject: "s", issuedAt: null)));
        Assert.False(revocations.Includes(Token(subject: "s", issuedAt: Now.AddSeconds(1))));
        Assert.False(revocations.Includes(Token(subject: "t", issuedAt: Now)));
        Assert.False(revocations.Includes(Token(subject: "", issuedAt: Now)));
    }

    [Fact]
    public async Task Later_revocation_of_a_subject_counts_and_the_longer_one()
    {
        await using var revocations = Open();
        await AddAsync(revocations, OfSubject("s", Now.AddHours(2)));
        _time.Advance(TimeSpan.FromHours(1));
        await AddAsync(revocations, OfSubject("s", Now.AddHours(3)));
        Assert.True(revocations.Includes(Token(subject: "s", issuedAt: Now)));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.True(revocations.Includes(Token(subject: "s", issuedAt: Now.AddHours(-3))));
        Assert.Equal(1, revocations.Count);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, revocations.Count);
    }

    [Fact]
    public async Task Revocations_are_there_after_a_restart_and_those_that_ended_are_not()
    {
        await using (var revocations = Open())
        {
            await AddAsync(revocations, OfToken("for ever"));
            await AddAsync(revocations, OfToken("for an hour", Now.AddHours(1)));
            await AddAsync(revocations, OfSubject("é \"s\"", Now.AddHours(3)));
        }
        _time.Advance(TimeSpan.FromHours(2));
        await using var again = Open();
        Assert.Equal(2, again.Count);
        Assert.True(again.Includes(Token(id: "for ever")));
        Assert.False(again.Includes(Token(id: "for an hour")));
        Assert.True(again.Includes(Token(subject: "é \"s\"", issuedAt: Now.AddHours(-3))));
        Assert.False(again.Includes(Token(subject: "é \"s\"", issuedAt: Now)));
    }

    [Fact]
    public async Task Records_that_the_log_would_drop_are_written_again()
    {
        await using (var revocations = Open())
        {
            await AddAsync(revocations, OfToken("1"));
            // A log of 4 kB, of which each step takes a quarter.
            for (var n = 0; n < 50; n++)
            {
                await _log.AppendAsync(new() { Events = [new EventDraft { Topics = ["a"], Data = new byte[800] }] }, HubApplication.Stop);
                _time.Advance(TimeSpan.FromMinutes(1));
            }
            Assert.True(_log.OldestOffset > 10);
        }
        await using var again = Open();
        Assert.True(again.Includes(Token(id: "1")));
    }

    [Fact]
    public async Task Log_that_is_not_written_revokes_nothing()
    {
        await using var refusing = new RefusingLog { Outcome = AppendOutcome.Unavailable };
        await using var revocations = new Revocations(refusing, _time, NullLogger.Instance);
        Assert.Equal(RevocationOutcome.Unavailable, await revocations.AddAsync(OfToken("1"), HubApplication.Stop));
        Assert.False(revocations.Includes(Token(id: "1")));
    }

    [Fact]
    public async Task Write_whose_outcome_is_not_known_holds_here()
    {
        await using var refusing = new RefusingLog { Outcome = AppendOutcome.OutcomeUnknown };
        await using var revocations = new Revocations(refusing, _time, NullLogger.Instance);
        Assert.Equal(RevocationOutcome.OutcomeUnknown, await revocations.AddAsync(OfToken("1"), HubApplication.Stop));
        Assert.True(revocations.Includes(Token(id: "1")));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"type":"revocation"}""")]
    [InlineData("""{"issuer":"i","at":"2026-01-01T00:00:00.0000000+00:00"}""")]
    [InlineData("""{"issuer":"i","subject":"s","token_id":"t","at":"2026-01-01T00:00:00.0000000+00:00"}""")]
    [InlineData("""{"issuer":"i","subject":"s","at":"yesterday"}""")]
    [InlineData("""{"issuer":1,"subject":"s","at":"2026-01-01T00:00:00.0000000+00:00"}""")]
    public async Task Record_that_cannot_be_read_stops_the_start(string record)
    {
        await _log.AppendAsync(new() { Events = [new EventDraft { Topics = [Revocations.Topic], Type = EventRules.HubType, Data = System.Text.Encoding.UTF8.GetBytes(record), Private = true }] }, HubApplication.Stop);
        var refused = Assert.Throws<LogUnavailableException>(Open);
        Assert.Contains(Revocations.Topic, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("other", true)]
    [InlineData(EventRules.HubType, false)]
    public async Task Event_that_the_hub_did_not_write_revokes_nothing(string? type, bool isPrivate)
    {
        await _log.AppendAsync(new() { Events = [new EventDraft { Topics = [Revocations.Topic], Data = OfSubject("s").Write(), Type = type, Private = isPrivate }] }, HubApplication.Stop);
        await using var revocations = Open();
        Assert.Equal(0, revocations.Count);
    }

    [Fact]
    public async Task Beyond_the_most_nothing_is_forgotten_to_make_room()
    {
        await using var log = new MemoryEventLog(1 << 28, _time);
        var expires = Now.AddHours(1);
        var drafts = Enumerable.Range(0, Revocations.Most).Select(n => new EventDraft { Topics = [Revocations.Topic], Type = EventRules.HubType, Data = OfToken($"{n}", n == 0 ? expires : null).Write(), Private = true });
        foreach (var some in drafts.Chunk(1000)) await log.AppendAsync(new() { Events = some }, HubApplication.Stop);
        await using var revocations = new Revocations(log, _time, NullLogger.Instance);
        Assert.Equal(RevocationOutcome.Full, await revocations.AddAsync(OfToken("more"), HubApplication.Stop));
        Assert.Equal(RevocationOutcome.Revoked, await revocations.AddAsync(OfToken("7"), HubApplication.Stop));
        _time.SetUtcNow(expires);
        Assert.Equal(RevocationOutcome.Revoked, await revocations.AddAsync(OfToken("more"), HubApplication.Stop));
    }

    private Revocations Open() => new(_log, _time, NullLogger.Instance);

    private static async Task AddAsync(Revocations revocations, Revocation revocation) => Assert.Equal(RevocationOutcome.Revoked, await revocations.AddAsync(revocation, HubApplication.Stop));

    private Revocation OfToken(string id, DateTimeOffset? expires = null) => new(Issuer, null, id, Now, expires);

    private Revocation OfSubject(string subject, DateTimeOffset? expires = null) => new(Issuer, subject, null, Now, expires);

    private static AccessToken Token(string id = "", string subject = "", DateTimeOffset? issuedAt = null) => new(Issuer, subject, DateTimeOffset.MaxValue, []) { TokenId = id, IssuedAt = issuedAt };
}
