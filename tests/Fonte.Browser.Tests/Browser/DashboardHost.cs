using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Browser.Tests.Samples;
using Fonte.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>A hub with the dashboard, and its page.</summary>
internal static class DashboardHost
{
    internal static Task<SampleHost> StartAsync(string data = FonteOptions.InMemory, string urls = "http://127.0.0.1:0", DashboardAccess access = DashboardAccess.Anyone) => SampleHost.StartAsync(
        services => services.AddFonte(options =>
        {
            options.Resource = TestToken.Resource;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
            options.ReconnectionTime = TimeSpan.FromMilliseconds(500);
        }),
        app => app.MapFonteDashboard(access: access),
        data,
        urls);

    internal static async Task OpenAsync(IPage page, SampleHost host)
    {
        await page.GotoAsync(new Uri(host.Address, "/dashboard/").AbsoluteUri);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
    }
}
