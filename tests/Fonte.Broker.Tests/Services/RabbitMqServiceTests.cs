using System.Globalization;
using Fonte.Services;
using Fonte.Services.RabbitMQ;
using Fonte.Services.Tests;
using RabbitMQ.Client;
using Xunit;

namespace Fonte.Broker.Tests.Services;

/// <summary>Services over quorum queues of RabbitMQ.</summary>
public sealed class RabbitMqServiceTests : ServiceContract
{
    private Broker _rabbit = null!;

    private protected override async Task<IServiceBroker> StartAsync(string folder) => _rabbit = new(await RabbitServer.StartAsync());

    [Fact]
    public async Task Dead_letter_is_also_at_the_broker_with_its_reason()
    {
        await using var service = Service("first", "start", "end", _ => throw new ImpossibleEventException("a negative amount"));
        service.Start();
        Send(service, "start", "k", 1);
        await TestService.UntilAsync(() => service.Store.Counts().Dead == 1);
        await using var connection = await new ConnectionFactory { Uri = _rabbit.Server.Url }.CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        BasicGetResult? letter = null;
        while (letter is null) letter = await channel.BasicGetAsync("fonte-services.start.dead", autoAck: true, Stop);
        Assert.Equal("a negative amount", System.Text.Encoding.UTF8.GetString((byte[])letter.BasicProperties.Headers!["reason"]!));
        Assert.Equal(service.Store.DeadLetters(1).Single().Envelope.ToArray(), letter.Body.ToArray());
    }

    [Fact]
    public async Task Event_that_kills_whoever_takes_it_is_a_dead_letter_in_the_end()
    {
        var options = _rabbit.Options(maxAttempts: 5, TimeSpan.FromMilliseconds(5), deliveryLimit: 3);
        await _rabbit.PublishAsync("middle", "k", TestEnvelope("deadly"));
        var store = ServiceStore.Open(Path.Combine(Path.GetTempPath(), $"fonte-{Guid.NewGuid()}.db"));
        for (var times = 0; store.Counts().Dead == 0; times++)
        {
            Assert.InRange(times, 0, 3);
            using var dies = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            // Without an answer. In the end none comes, but the letter.
            var receiving = new RabbitMqConsumerGroup("middle", store, options).ReceiveAsync(dies.Token).GetAsyncEnumerator(dies.Token);
            var next = receiving.MoveNextAsync().AsTask();
            while (!next.IsCompleted && store.Counts().Dead == 0) await Task.Delay(10, Stop);
            await dies.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await receiving.DisposeAsync();
        }
        Assert.Equal("It was given 3 times to instances that ended without an answer.", store.DeadLetters(1).Single().Reason);
    }

    [Fact]
    public async Task Event_that_nobody_wants_is_passed_over_and_those_behind_it_are_sent()
    {
        await using var service = Service("first", "start", "end");
        service.Start();
        Send(service, "unknown", "k", 0);
        Send(service, "start", "k", 1);
        await TestService.UntilAsync(() => service.Handled == 1 && service.Store.Counts().Waiting == 0);
    }

    private static string TestEnvelope(string id) => $$"""{"specversion":"1.0","id":"{{id}}","source":"/s","type":"middle","subject":"k","datacontenttype":"application/json","data":"7"}""";

    private sealed class Broker(RabbitServer server) : IServiceBroker
    {
        internal RabbitServer Server => server;

        public Task StartAsync() => server.RunAsync();

        public Task StopAsync() => server.KillAsync();

        public IConsumerGroup Group(string name, ServiceStore store, int maxAttempts, TimeSpan redeliveryDelay) => new RabbitMqConsumerGroup(name, store, Options(maxAttempts, redeliveryDelay, deliveryLimit: 100));

        public IEventSender Sender() => new RabbitMqEventSender(Options(5, TimeSpan.FromMilliseconds(5), deliveryLimit: 100));

        public async Task PublishAsync(string type, string key, string text)
        {
            await using var sender = new RabbitMqEventSender(Options(5, TimeSpan.Zero, deliveryLimit: type == "middle" ? 3 : 100));
            await sender.SendAsync([new("/s", Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture), type, key, System.Text.Encoding.UTF8.GetBytes(text))], Stop);
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();

        internal RabbitMqServiceOptions Options(int maxAttempts, TimeSpan redeliveryDelay, int deliveryLimit) => new()
        {
            Urls = [server.Url],
            Groups = [new("start", ["start"]), new("middle", ["middle"]), new("end", ["end"])],
            MaxAttempts = maxAttempts,
            RedeliveryDelay = redeliveryDelay,
            DeliveryLimit = deliveryLimit,
        };
    }
}
