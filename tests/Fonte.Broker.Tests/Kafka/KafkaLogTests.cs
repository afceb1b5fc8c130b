using System.Text;
using Confluent.Kafka;
using Fonte.Kafka;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>The contract on Kafka, and what is Kafka's own.</summary>
public sealed class KafkaLogTests(KafkaFixture fixture) : SharedLogContract, IClassFixture<KafkaFixture>, IAsyncLifetime
{
    private readonly string _topic = $"log-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync() => await fixture.CreateTopicAsync(_topic);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private protected override ISharedLog Connect() => new KafkaLog(new() { Servers = fixture.Servers, Topic = _topic });

    [Fact]
    public async Task Messages_of_other_programs_are_read_as_they_are_natural()
    {
        await using var log = await OpenAsync();
        using var producer = new ProducerBuilder<string?, string?>(new ProducerConfig { BootstrapServers = fixture.Servers }).Build();
        await producer.ProduceAsync(_topic, new() { Key = "orders/1", Value = "one" }, Stop);
        await producer.ProduceAsync(_topic, new() { Key = "some key", Value = "two", Headers = [new Header("topic", "orders/2"u8.ToArray()), new Header("type", "paid"u8.ToArray())] }, Stop);
        await producer.ProduceAsync(_topic, new() { Key = null, Value = null }, Stop);
        var read = await ReadAsync(log, 0, 3);
        Assert.Equal([("topic", "orders/1")], Headers(read[0]));
        Assert.Equal("one", Data(read[0]));
        Assert.Equal([("topic", "orders/2"), ("type", "paid")], Headers(read[1]));
        Assert.Empty(Headers(read[2]));
        Assert.Equal(0, read[2].Body.Length);
    }

    [Fact]
    public async Task Topic_of_several_partitions_is_refused()
    {
        var name = $"wide-{Guid.NewGuid():N}";
        await fixture.CreateTopicAsync(name, partitions: 4);
        await using var log = new KafkaLog(new() { Servers = fixture.Servers, Topic = name });
        var refused = await Assert.ThrowsAsync<SharedLogException>(() => log.OpenAsync(Stop));
        Assert.Contains("has 4 partitions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broker_that_is_not_there_is_told_in_a_sentence()
    {
        await using var log = new KafkaLog(new() { Servers = "127.0.0.1:1", Topic = _topic });
        var refused = await Assert.ThrowsAsync<SharedLogException>(() => log.OpenAsync(Stop));
        Assert.Contains("cannot be reached", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Connection refused", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.NothingWasSent);
    }

    [Fact]
    public async Task Setting_that_is_none_is_told_in_a_sentence()
    {
        await using var log = new KafkaLog(new() { Servers = fixture.Servers, Topic = _topic, Settings = new Dictionary<string, string> { ["sasl.mekanism"] = "PLAIN" } });
        var refused = await Assert.ThrowsAsync<SharedLogException>(() => log.OpenAsync(Stop));
        Assert.Contains("sasl.mekanism", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_behind_the_end_waits_until_it_is_reached()
    {
        await using var log = await OpenAsync();
        await log.ProduceAsync([Record("0"), Record("1")], Stop);
        var reading = ReadAsync(log, 3, 1);
        await log.ProduceAsync([Record("2")], Stop);
        Assert.False(reading.IsCompleted);
        await log.ProduceAsync([Record("3")], Stop);
        Assert.Equal(["3"], (await reading).Select(Data));
    }

    [Fact]
    public async Task Record_that_is_too_large_is_not_sent()
    {
        await using var log = await OpenAsync();
        var refused = await Assert.ThrowsAsync<SharedLogException>(() => log.ProduceAsync([Record("1"), new(0, [], new byte[20_000_001]), Record("3")], Stop));
        Assert.Contains("too large", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.False(refused.NothingWasSent);
        Assert.Equal(["1"], (await ReadAsync(log, 0, 1)).Select(Data));
    }

    [Theory]
    [InlineData("kafka://one:9092,two:9092", "one:9092,two:9092", "")]
    [InlineData("kafka://one:9092/?security.protocol=SASL_SSL&sasl.password=a%26b%3D", "one:9092", "sasl.password=a&b= security.protocol=SASL_SSL")]
    public void Url_names_brokers_and_settings(string url, string servers, string settings)
    {
        var options = KafkaLogOptions.Parse(url, "t");
        Assert.Equal((servers, "t"), (options.Servers, options.Topic));
        Assert.Equal(settings, string.Join(' ', options.Settings.OrderBy(setting => setting.Key).Select(setting => $"{setting.Key}={setting.Value}")));
    }

    [Theory]
    [InlineData("one:9092")]
    [InlineData("kafka://")]
    [InlineData("kafka://user:password@one:9092")]
    [InlineData("kafka://one:9092/topic")]
    [InlineData("kafka://one:9092?security.protocol")]
    public void Url_that_is_none_is_refused(string url) => Assert.Throws<FormatException>(() => KafkaLogOptions.Parse(url, "t"));

    private static IEnumerable<(string, string)> Headers(SharedRecord record) => record.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.Value.Span)));
}
