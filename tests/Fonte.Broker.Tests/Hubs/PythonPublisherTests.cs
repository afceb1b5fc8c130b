using System.Diagnostics;
using Fonte.Server.Tests;
using Xunit;

namespace Fonte.Broker.Tests.Hubs;

/// <summary>Programs that publish straight to the broker, as docs/brokers.md shows.</summary>
public sealed class PythonPublisherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-python").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Event_that_Python_publishes_to_RabbitMQ_comes_from_the_hub()
    {
        await using var rabbit = await RabbitServer.StartAsync();
        await ProveAsync("rabbitmq", rabbit.Url.ToString(), "publish_rabbitmq.py", rabbit.Url.ToString());
    }

    [Fact]
    public async Task Event_that_Python_publishes_to_Kafka_comes_from_the_hub()
    {
        await using var cluster = await KafkaStandIn.StartAsync();
        await cluster.DoAsync("topic fonte 1");
        await ProveAsync("kafka", cluster.Url, "publish_kafka.py", cluster.Servers);
    }

    private async Task ProveAsync(string broker, string url, string script, string address)
    {
        var settings = new Dictionary<string, string> { ["FONTE__DEV"] = "true", ["FONTE__BROKER"] = broker, ["FONTE__BROKERURL"] = url, ["FONTE__CLUSTERKEY"] = "a secret of thirty-two bytes or more, of all" };
        await using var server = await RunningServer.StartWithAsync(settings, _folder);
        await TestNode.UntilAsync(async () => (await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative), TestNode.Stop)).IsSuccessStatusCode);
        using var python = Process.Start("/usr/bin/python3", [Path.Combine(Tool.SourceRoot(), "samples", "python", script), address, "orders/1", "{\"total\": 12.5}"]);
        await python.WaitForExitAsync(TestNode.Stop);
        Assert.Equal(0, python.ExitCode);
        await foreach (var received in server.Client.SubscribeAsync(new() { Topics = ["orders/1"], LastEventId = "earliest" }, TestNode.Stop))
        {
            Assert.Equal(("order.paid", "{\"total\": 12.5}"), (received.Type, received.Data));
            break;
        }
    }
}
