using System.Net;
using Fonte.AspNetCore;
using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.Dashboard.Tests;

public sealed class GuardTests
{
    public static TheoryData<string> Addresses { get; } = ["api/state", "api/connections", "api/events?match=*", "api/event?id=1", "api/match?pattern=a&topic=a"];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Without_a_token_nothing_is_told(string address)
    {
        await using var dashboard = await DashboardApplication.StartAsync(DashboardAccess.HubToken, options => options.AnonymousPublish = true);
        Assert.Equal(HttpStatusCode.Unauthorized, await dashboard.StatusAsync(HttpMethod.Get, address));
        Assert.Equal(HttpStatusCode.Unauthorized, await dashboard.StatusAsync(HttpMethod.Post, "api/publish", "topic=a", origin: dashboard.Application.Address));
    }

    [Theory]
    [InlineData("subscribe", "*", null, 403)]
    [InlineData("subscribe", Hub + "/*", "urlpattern", 403)]
    [InlineData("subscribe", DashboardApplication.Topic, "urlpattern", 403)]
    [InlineData("publish", DashboardApplication.Topic, null, 403)]
    [InlineData("subscribe", DashboardApplication.Topic, null, 200)]
    public async Task Only_a_grant_to_subscribe_by_name_is_enough(string action, string match, string? type, int expected)
    {
        await using var dashboard = await DashboardApplication.StartAsync(DashboardAccess.HubToken);
        var token = TestToken.Granting(action, match, type).Sign();
        Assert.Equal((HttpStatusCode)expected, await dashboard.StatusAsync(HttpMethod.Get, "api/state", token: token));
        Assert.Equal((HttpStatusCode)expected, await dashboard.StatusAsync(HttpMethod.Get, "api/events?match=*", token: token));
    }

    [Fact]
    public async Task Who_may_see_may_publish_only_what_the_token_grants()
    {
        await using var dashboard = await DashboardApplication.StartAsync(DashboardAccess.HubToken);
        var token = TestToken.Granting("subscribe", DashboardApplication.Topic);
        token.Details.Add(TestToken.Detail("publish", "a"));
        Assert.Equal(HttpStatusCode.OK, await dashboard.StatusAsync(HttpMethod.Post, "api/publish", "topic=a", token.Sign(), dashboard.Application.Address));
        Assert.Equal(HttpStatusCode.Forbidden, await dashboard.StatusAsync(HttpMethod.Post, "api/publish", "topic=b", token.Sign(), dashboard.Application.Address));
    }

    [Fact]
    public async Task Pages_hold_no_data_and_are_open()
    {
        await using var dashboard = await DashboardApplication.StartAsync(DashboardAccess.HubToken);
        using var page = await dashboard.SendAsync(HttpMethod.Get, "");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("unsafe", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await dashboard.StatusAsync(HttpMethod.Get, "fonte.js"));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task Page_of_another_site_may_not_publish(string? origin)
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await dashboard.StatusAsync(HttpMethod.Post, "api/publish", "topic=a", origin: origin));
    }

    [Fact]
    public async Task Page_of_another_site_may_not_read_and_a_name_that_is_not_this_servers_gets_nothing()
    {
        await using var dashboard = await DashboardApplication.StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await dashboard.StatusAsync(HttpMethod.Get, "api/state", origin: "https://evil.example"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await dashboard.StatusAsync(HttpMethod.Get, "api/state", host: "evil.example"));
        Assert.Equal(HttpStatusCode.OK, await dashboard.StatusAsync(HttpMethod.Get, "api/state", host: "localhost"));
    }

    [Fact]
    public async Task Hosts_of_the_hubs_own_URLs_are_known()
    {
        await using var named = await DashboardApplication.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await named.StatusAsync(HttpMethod.Get, "api/state", host: "hub.example"));

        await using var published = await DashboardApplication.StartAsync(configure: options =>
        {
            options.Resource = null;
            options.PublicUrls.Add("http://push.example");
        });
        Assert.Equal(HttpStatusCode.OK, await published.StatusAsync(HttpMethod.Get, "api/state", host: "push.example"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await published.StatusAsync(HttpMethod.Get, "api/state", host: "hub.example"));
    }

    [Fact]
    public async Task Stream_ends_with_the_token_and_when_it_is_revoked()
    {
        await using var dashboard = await DashboardApplication.StartAsync(DashboardAccess.HubToken, options => options.AnonymousPublish = true);
        using var expiring = await dashboard.SendAsync(HttpMethod.Get, "api/events?match=*", token: Operator("one").With("exp", TestToken.Now() + 2).Sign());
        using var revoked = await dashboard.SendAsync(HttpMethod.Get, "api/events?match=*", token: Operator("two").Sign());
        Assert.Equal(HttpStatusCode.OK, expiring.StatusCode);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);

        await expiring.Content.ReadAsStringAsync(Stop);
        await dashboard.Application.Services.GetRequiredService<IStreamControl>().RevokeAsync(new(TestToken.Issuer, Subject: "two"), cancellationToken: Stop);
        await revoked.Content.ReadAsStringAsync(Stop);

        static TestToken Operator(string name) => TestToken.Granting("subscribe", DashboardApplication.Topic).With("sub", name).With("jti", name);
    }

    [Fact]
    public async Task Stream_of_a_user_of_the_application_ends_with_the_ticket()
    {
        var ticket = DateTimeOffset.UtcNow.AddSeconds(2);
        await using var dashboard = await DashboardApplication.StartAsync(build: builder =>
        {
            AddAuthorization(builder);
            builder.Services.AddSingleton(new Ticket(ticket));
        }, map: app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapFonteDashboard(access: DashboardAccess.EndpointAuthorization).RequireAuthorization();
        });
        using var stream = await dashboard.SendAsync(HttpMethod.Get, "api/events?match=*", token: "operator");
        await stream.Content.ReadAsStringAsync(Stop);
        Assert.True(DateTimeOffset.UtcNow < ticket.AddMinutes(1));
    }

    [Fact]
    public async Task Stream_of_a_user_without_a_tickets_end_lasts_ten_minutes()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var dashboard = await DashboardApplication.StartAsync(build: builder =>
        {
            AddAuthorization(builder);
            builder.Services.AddSingleton<TimeProvider>(time);
        }, map: app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapFonteDashboard(access: DashboardAccess.EndpointAuthorization).RequireAuthorization();
        });
        using var stream = await dashboard.SendAsync(HttpMethod.Get, "api/events?match=*", token: "operator");
        var reading = stream.Content.ReadAsStringAsync(Stop);
        var began = time.GetUtcNow();
        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await dashboard.GetAsync("api/state", "operator");
        }
        // Between two looks of the clock, which are a second apart, the answers to the requests above let it pass on.
        Assert.InRange(time.GetUtcNow() - began, EventsEndpoint.LongestUnasked - TimeSpan.FromSeconds(5), EventsEndpoint.LongestUnasked + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Applications_own_authorization_counts_where_it_is_asked_for_and_there()
    {
        await using var forgotten = await DashboardApplication.StartAsync(DashboardAccess.EndpointAuthorization);
        Assert.Equal(HttpStatusCode.Forbidden, await forgotten.StatusAsync(HttpMethod.Get, "api/state"));

        await using var guarded = await DashboardApplication.StartAsync(build: AddAuthorization, map: app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapFonteDashboard(access: DashboardAccess.EndpointAuthorization).RequireAuthorization();
        });
        Assert.Equal(HttpStatusCode.Unauthorized, await guarded.StatusAsync(HttpMethod.Get, "api/state"));
        Assert.Equal(HttpStatusCode.OK, await guarded.StatusAsync(HttpMethod.Get, "api/state", token: "operator"));
        Assert.Equal(HttpStatusCode.OK, await guarded.StatusAsync(HttpMethod.Post, "api/publish", "topic=a", "operator", guarded.Application.Address));
    }

    private static void AddAuthorization(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, OperatorOnly>("test", null);
    }

    private sealed record Ticket(DateTimeOffset Expires);

    private sealed class OperatorOnly(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, System.Text.Encodings.Web.UrlEncoder encoder, IServiceProvider services)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers.Authorization == "Bearer operator"
            ? AuthenticateResult.Success(new(new(new System.Security.Claims.ClaimsIdentity("test")), new() { ExpiresUtc = services.GetService<Ticket>()?.Expires }, "test"))
            : AuthenticateResult.NoResult());
    }
}
