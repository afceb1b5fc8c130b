using System.Text.Json;
using Fonte.Broker.Tests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fonte.Dashboard.Tests;

public sealed class SharedLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-dashboard").FullName;
    private readonly FakeBroker _broker = new();

    public void Dispose()
    {
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task State_tells_of_the_other_hubs_of_the_log_and_of_the_replicas_lag()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        JsonElement first, second;
        do (first, second) = (await SharedAsync(one), await SharedAsync(two));
        while (Nodes(first).Length < 2 || Nodes(second).Length < 2);
        Assert.Equal(Nodes(first), Nodes(second));
        Assert.Equal(Nodes(first).Order(StringComparer.Ordinal), new[] { first, second }.Select(each => each.GetProperty("node").GetString()!).Order(StringComparer.Ordinal));
        Assert.InRange(first.GetProperty("lagSeconds").GetDouble(), 0, 30);
    }

    private static string[] Nodes(JsonElement shared) => [.. shared.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("tag").GetString()!)];

    private static async Task<JsonElement> SharedAsync(DashboardApplication dashboard) => (await dashboard.GetAsync("api/state")).GetProperty("shared");

    private Task<DashboardApplication> StartAsync(string name) => DashboardApplication.StartAsync(
        configure: options =>
        {
            options.Data = Path.Combine(_folder, name);
            options.ClusterKey = "a secret of thirty-two bytes or more, of all";
            options.BallastBytes = 0;
            options.HubLease = TimeSpan.FromSeconds(1);
        },
        build: builder => builder.Services.AddFonte().UseSharedLog(_ => _broker.Connect()));
}
