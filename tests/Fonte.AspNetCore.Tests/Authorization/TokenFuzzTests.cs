using System.Text;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Fonte.AspNetCore.Tests.Authorization;

/// <summary>Whatever a stranger presents is a token or refused, and nothing else happens: thousands of texts, and a million with <c>./test --long</c>.</summary>
public sealed class TokenFuzzTests
{
    private const string Details = """{"authorization_details":[{"type":"https://mercure.rocks/authorization-detail","actions":["publish","subscribe"],"topics":[{"match":"a"},{"match":"/:x","match_type":"urlpattern"}],"payload":{"a":[1]}}]}""";
    private const string Claim = """{"mercure":{"publish":["a","https://example.com/{a,b*}{?c:3}"],"subscribe":["*",null],"payload":{"a":[1]}},"https://mercure.rocks/":{}}""";
    private static readonly int Texts = Environment.GetEnvironmentVariable("FONTE_LONG") is null ? 2_000 : 1_000_000;
    private static readonly TopicPatterns Patterns = new(new(TestToken.Resource));

    private static Gen<byte[]> Mutated(byte[] valid) =>
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 3], Gen.Byte).Array[1, 4].Select(mutations =>
        {
            var bytes = valid.ToList();
            foreach (var (at, kind, value) in mutations)
            {
                var place = Math.Min(at, bytes.Count - 1);
                if (kind == 0) bytes[place] = value;
                else if (kind == 1) bytes.Insert(place, value);
                else if (kind == 2 && bytes.Count > 1) bytes.RemoveAt(place);
                else bytes.AddRange(bytes[place..]);
            }
            return bytes.ToArray();
        });

    [Fact]
    public void Any_authorization_details_are_read_or_refused() =>
        Mutated(Encoding.UTF8.GetBytes(Details)).Sample(payload => AuthorizationDetails.Read(payload, new(), Patterns), iter: Texts);

    [Fact]
    public void Any_claim_of_0x_is_read_or_refused() =>
        Mutated(Encoding.UTF8.GetBytes(Claim)).Sample(payload => MercureClaim.Read(payload, new(), Patterns), iter: Texts);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_token_that_was_changed_is_valid(bool is0x)
    {
        var options = new FonteHttpOptions { Issuers = { new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret } }, MercureCompat = is0x ? Mercure0x.Name : null };
        using var validator = new AccessTokenValidator(Options.Create(options), TimeProvider.System, NullLogger<AccessTokenValidator>.Instance);
        var token = TestToken.Granting("publish", "a");
        var valid = (is0x ? token.WithHeader("typ", "JWT").With("mercure", new System.Text.Json.Nodes.JsonObject()) : token).Sign();
        Assert.NotNull(await ValidateAsync(valid));
        await Mutated(Encoding.ASCII.GetBytes(valid)).SampleAsync(async bytes =>
        {
            var changed = Encoding.Latin1.GetString(bytes);
            // The last character of a signature has bits that mean nothing.
            if (changed.Length == valid.Length && changed[..^1] == valid[..^1]) return;
            Assert.Null(await ValidateAsync(changed));
        }, iter: Texts / 4);

        ValueTask<AccessToken?> ValidateAsync(string token) => validator.ValidateAsync(token, TokenRole.Publish, TestToken.Resource, Patterns, TestContext.Current.CancellationToken);
    }
}
