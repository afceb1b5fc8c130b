using System.Net;
using Fonte.Server.Tests;
using RabbitMQ.Client;
using Xunit;

namespace Fonte.Broker.Tests.Hubs;

/// <summary>A server whose broker is not as it should be, and the native one.</summary>
public sealed class BrokerServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-broker-server").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Server_that_starts_without_its_broker_serves_what_it_has_and_goes_on_when_the_broker_is_there()
    {
        await using var rabbit = await RabbitServer.StartAsync();
        string first;
        await using (var server = await StartAsync("rabbitmq", rabbit.Url.ToString()))
        {
            await UntilReadyAsync(server);
            first = await server.PublishAsync("a", "1");
            await server.PublishAsync("a", "2");
            server.Tool.Signal(RunningServer.Terminate);
            Assert.Equal(0, (await server.Tool.EndAsync()).ExitCode);
        }
        await rabbit.KillAsync();
        await using var again = await StartAsync("rabbitmq", rabbit.Url.ToString());
        Assert.Equal(["2"], await again.ReadAsync("a", first, 1));
        await UntilSaidAsync(again, "cannot be reached");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadinessAsync(again));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PublishedAsync(again));
        await rabbit.RunAsync();
        await UntilReadyAsync(again);
        Assert.Equal(HttpStatusCode.OK, await PublishedAsync(again));
        await again.Tool.LineAsync("The copy of the RabbitMQ stream fonte");
        again.Tool.Signal(RunningServer.Terminate);
        // However often it has tried.
        var (_, output, _) = await again.Tool.EndAsync();
        Assert.Single(output.Split('\n'), line => line.Contains("cannot be followed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wrong_password_and_a_queue_that_is_no_stream_are_told_in_a_sentence_and_the_password_is_not()
    {
        await using var rabbit = await RabbitServer.StartAsync();
        await using (var wrong = await StartAsync("rabbitmq", $"amqp://guest:secret@127.0.0.1:{rabbit.Url.Port}"))
        {
            var fault = await UntilSaidAsync(wrong, "refuses the user or the password");
            Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
        }
        await using (var connection = await new ConnectionFactory { Uri = rabbit.Url }.CreateConnectionAsync(TestNode.Stop))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: TestNode.Stop))
            await channel.QueueDeclareAsync("fonte", durable: true, exclusive: false, autoDelete: false, cancellationToken: TestNode.Stop);
        await using var server = await StartAsync("rabbitmq", rabbit.Url.ToString());
        await UntilSaidAsync(server, "inequivalent arg");
    }

    [Fact]
    public async Task Kafka_without_brokers_and_a_topic_of_several_partitions_are_told_in_a_sentence()
    {
        await using var cluster = await KafkaStandIn.StartAsync();
        await cluster.DoAsync("topic fonte 3");
        await using (var wide = await StartAsync("kafka", cluster.Url)) await UntilSaidAsync(wide, "has 3 partitions");
        await using var nowhere = await StartAsync("kafka", "kafka://127.0.0.1:1");
        await UntilSaidAsync(nowhere, "cannot be reached");
    }

    [Fact]
    public async Task Native_server_works_with_RabbitMQ()
    {
        await using var rabbit = await RabbitServer.StartAsync();
        await ProveNativeAsync("rabbitmq", rabbit.Url.ToString());
    }

    [Fact]
    public async Task Native_server_works_with_Kafka()
    {
        await using var cluster = await KafkaStandIn.StartAsync();
        await cluster.DoAsync("topic fonte 1");
        await ProveNativeAsync("kafka", cluster.Url);
    }

    private async Task ProveNativeAsync(string broker, string url)
    {
        await using var server = await RunningServer.StartNativeWithAsync(Settings(broker, url), Path.Combine(_folder, "native"));
        await UntilReadyAsync(server);
        var first = await server.PublishAsync("a", "1");
        await server.PublishAsync("a", "2");
        Assert.Equal(["2"], await server.ReadAsync("a", first, 1));
        Assert.Contains("messaging_client_sent_messages", await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestNode.Stop), StringComparison.Ordinal);
        Assert.Contains("fonte_replica_lag", await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestNode.Stop), StringComparison.Ordinal);
        server.Tool.Signal(RunningServer.Terminate);
        var (code, _, errors) = await server.Tool.EndAsync();
        Assert.Equal((0, ""), (code, errors));
    }

    private Task<RunningServer> StartAsync(string broker, string url) => RunningServer.StartWithAsync(Settings(broker, url), Path.Combine(_folder, "data"));

    private static Dictionary<string, string> Settings(string broker, string url) => new()
    {
        ["FONTE__DEV"] = "true",
        ["FONTE__BROKER"] = broker,
        ["FONTE__BROKERURL"] = url,
        ["FONTE__CLUSTERKEY"] = "a secret of thirty-two bytes or more, of all",
        ["FONTE__BALLASTBYTES"] = "0",
    };

    private static Task UntilReadyAsync(RunningServer server) => TestNode.UntilAsync(async () => await ReadinessAsync(server) == HttpStatusCode.OK);

    private static async Task<string> UntilSaidAsync(RunningServer server, string sentence)
    {
        var line = await server.Tool.LineAsync("cannot be followed");
        Assert.Contains(sentence, line, StringComparison.Ordinal);
        return line;
    }

    private static async Task<HttpStatusCode> ReadinessAsync(RunningServer server)
    {
        using var response = await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative), TestNode.Stop);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> PublishedAsync(RunningServer server)
    {
        using var form = new FormUrlEncodedContent([new("topic", "a"), new("data", "x")]);
        using var response = await server.Http.PostAsync(server.Hub, form, TestNode.Stop);
        return response.StatusCode;
    }
}
