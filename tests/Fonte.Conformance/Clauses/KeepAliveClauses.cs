using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Subscription": what keeps a quiet stream open.</summary>
public abstract class KeepAliveClauses(HubUnderTest hub)
{
    [Fact]
    public async Task When_no_update_has_been_dispatched_for_a_period_hubs_SHOULD_send_a_comment_line()
    {
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(HubUnderTest.NewTopic()));
        Assert.Equal(200, stream.Status);
        using var reader = new StreamReader(await stream.Response.Content.ReadAsStreamAsync(HubUnderTest.Stop));
        var line = await reader.ReadLineAsync(HubUnderTest.Stop).AsTask().WaitAsync(hub.KeepAlive, HubUnderTest.Stop);
        var comments = 0;
        // The first may belong to the beginning.
        while (comments < 2)
        {
            Assert.NotNull(line);
            Assert.False(line.StartsWith("data", StringComparison.Ordinal), line);
            if (line.StartsWith(':')) comments++;
            line = await reader.ReadLineAsync(HubUnderTest.Stop).AsTask().WaitAsync(hub.KeepAlive, HubUnderTest.Stop);
        }
    }
}
