using System.Text;
using Fonte.RabbitMQ;
using RabbitMQ.Client;
using Xunit;

namespace Fonte.Broker.Tests;

public sealed class RabbitMqLogTests(RabbitFixture fixture) : SharedLogContract, IClassFixture<RabbitFixture>
{
    private readonly string _name = $"log-{Guid.NewGuid():N}";

    private protected override ISharedLog Connect() => new RabbitMqLog(new() { Urls = [fixture.Server.Url], Name = _name });

    [Fact]
    public async Task Messages_of_other_programs_are_read_as_they_are_naturally_published()
    {
        await using var log = await OpenAsync();
        await PublishAsync("orders/1", new() { MessageId = "m", Type = "paid" }, "one");
        await PublishAsync("key", new() { Headers = new Dictionary<string, object?> { ["topic"] = "orders/2", ["private"] = true, ["retry"] = 5, ["other"] = 1.5 } }, "two");
        await PublishAsync("", new() { Headers = new Dictionary<string, object?> { ["topic"] = "orders/3", ["topic-2"] = "orders/4" } }, "three");
        await PublishAsync("", new(), "four");
        var read = await ReadAsync(log, 0, 4);
        Assert.Equal([("topic", "orders/1"), ("id", "m"), ("type", "paid")], Headers(read[0]));
        Assert.Equal([("private", "true"), ("retry", "5"), ("topic", "orders/2")], Headers(read[1]).Where(header => header.Item1 != "other").Order());
        Assert.Equal([("topic", "orders/3"), ("topic", "orders/4")], Headers(read[2]));
        Assert.Empty(Headers(read[3]));
    }

    [Fact]
    public async Task Wrong_password_is_told()
    {
        await using var log = new RabbitMqLog(new() { Urls = [new($"amqp://guest:wrong@127.0.0.1:{fixture.Server.Url.Port}")], Name = _name });
        var refused = await Assert.ThrowsAsync<SharedLogException>(() => log.OpenAsync(Stop));
        Assert.Contains("refuses the user or the password", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong@", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broker_that_is_not_there_is_told()
    {
        await using var log = new RabbitMqLog(new() { Urls = [new("amqp://127.0.0.1:1")], Name = _name });
        var refused = await Assert.ThrowsAsync<SharedLogException>(() => log.OpenAsync(Stop));
        Assert.Contains("cannot be reached", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.NothingWasSent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Queue_or_exchange_of_the_name_that_is_something_else_is_told(bool isQueue)
    {
        await using (var connection = await new ConnectionFactory { Uri = fixture.Server.Url }.CreateConnectionAsync(Stop))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: Stop))
        {
            if (isQueue) await channel.QueueDeclareAsync(_name, durable: true, exclusive: false, autoDelete: false, cancellationToken: Stop);
            else await channel.ExchangeDeclareAsync(_name, "fanout", cancellationToken: Stop);
        }
        await using var log = Connect();
        var refused = await Assert.ThrowsAsync<SharedLogException>(() => log.OpenAsync(Stop));
        Assert.Contains("PRECONDITION_FAILED", refused.Message, StringComparison.Ordinal);
        Assert.Contains("inequivalent arg", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_that_is_deleted_ends_the_reading_and_takes_nothing()
    {
        await using var log = await OpenAsync();
        await log.ProduceAsync([Record("1")], Stop);
        var reading = ReadAsync(log, 0, 2);
        await using (var connection = await new ConnectionFactory { Uri = fixture.Server.Url }.CreateConnectionAsync(Stop))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: Stop))
            await channel.QueueDeleteAsync(_name, cancellationToken: Stop);
        await Assert.ThrowsAsync<SharedLogException>(() => reading);
        var refused = await Assert.ThrowsAsync<SharedLogException>(() => log.ProduceAsync([Record("2")], Stop));
        Assert.True(refused.NothingWasSent);
    }

    private async Task PublishAsync(string routingKey, BasicProperties properties, string data)
    {
        await using var connection = await new ConnectionFactory { Uri = fixture.Server.Url }.CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Stop);
        await channel.BasicPublishAsync(_name, routingKey, mandatory: true, properties, Encoding.UTF8.GetBytes(data), Stop);
    }

    private static IEnumerable<(string, string)> Headers(SharedRecord record) => record.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.Value.Span)));
}
