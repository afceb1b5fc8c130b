using Fonte.Samples.Clock;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

public sealed class SiteNavTests
{
    [Fact]
    public async Task Sample_that_runs_alone_says_that_it_has_its_own_page_only()
    {
        await using var host = await SampleHost.StartAsync(add: null, app =>
        {
            app.MapClock();
            app.MapGet("/", () => "no page");
        });

        Assert.Equal("export const pages = [\"clock/\"];\n", await host.Http.GetStringAsync(new Uri("/shared/pages.js", UriKind.Relative), TestContext.Current.CancellationToken));
    }
}
