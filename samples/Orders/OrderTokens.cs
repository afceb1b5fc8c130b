using System.Security.Cryptography;
using System.Text;
using Fonte.AspNetCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fonte.Samples.Orders;

/// <summary>Who may do what: services everything, the public feed reads what it tells of, and a customer, who on this page is the operator too, reads its own topic and the services' state, and orders in its own name.</summary>
internal sealed class OrderTokens(string secret)
{
    public const string Issuer = "https://orders.example";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>Another for each secret: a cookie of another run, which the hub would have to refuse, is none at all.</summary>
    public string CookieName { get; } = "orders_token_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 4));

    public string OfService(string hub, string service) => At(hub).Issue(new() { Subject = service, Publish = [new("*")], Subscribe = [new("*")], Lifetime = Lifetime });

    public string OfCustomer(string hub, string customer) => At(hub).Issue(new() { Subject = customer, Subscribe = [new(OrderFlow.TopicOf(customer)), new(ServiceStatus.Topic)], Lifetime = Lifetime });

    public string OfFeed(string hub) => At(hub).Issue(new() { Subject = "feed", Subscribe = [new(OrderFlow.Placed), new(OrderFlow.Paid)], Lifetime = Lifetime });

    /// <summary>Whose token it is; null for one that does not count.</summary>
    /// <param name="token">The token.</param>
    /// <param name="leeway">For how long after its end it still says who somebody is.</param>
    public async Task<string?> CustomerOfAsync(string? token, TimeSpan? leeway = null)
    {
        if (string.IsNullOrEmpty(token)) return null;
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            // The hub's, at whatever address the page has found it.
            ValidateAudience = false,
            IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)),
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ClockSkew = leeway ?? TokenValidationParameters.DefaultClockSkew,
        });
        return result.IsValid && result.Claims.TryGetValue("sub", out var subject) ? subject as string : null;
    }

    private AccessTokenIssuer At(string hub) => AccessTokenIssuer.FromSecret(Issuer, hub, secret);
}
