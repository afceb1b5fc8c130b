using CsCheck;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

public sealed class ReconnectionWaitTests
{
    private readonly HurriedClock _clock = new();

    [Theory]
    [InlineData(0.0, new[] { 1.0, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(1.0, new[] { 2.0, 4, 8, 16, 32, 60, 60, 60 })]
    [InlineData(0.5, new[] { 1.5, 2.5, 4.5, 8.5, 16.5, 30.5, 30.5, 30.5 })]
    public async Task Wait_ConsecutiveFailures_GrowsToTheMaximum(double jitter, double[] seconds)
    {
        var hub = new FakeHub();
        foreach (var _ in seconds)
            hub.ThenUnreachable();

        await RunAsync(hub, jitter);

        Assert.Equal(seconds.Select(TimeSpan.FromSeconds), _clock.Waits);
    }

    [Theory]
    [InlineData("id: 1\n\n", 2)]
    [InlineData("data: no id\n\n", 2)]
    [InlineData("retry: 1000\n\n", 8)]
    [InlineData(": heartbeat\n\n", 8)]
    [InlineData("id: 1\ndata: cut", 8)]
    [InlineData("", 8)]
    public async Task Wait_AfterTwoFailuresAndAStream_StartsOverIfItWasSuccessful(string stream, int seconds)
    {
        await RunAsync(new FakeHub().ThenUnreachable().ThenUnreachable().ThenStream(stream), jitter: 1);

        Assert.Equal(TimeSpan.FromSeconds(seconds), _clock.Waits[2]);
    }

    [Fact]
    public async Task Wait_AfterAStreamThatLastedWithoutAnyId_StartsOver()
    {
        var body = new FakeBody(default, BodyEnd.Silent);
        var reading = RunAsync(new FakeHub().ThenUnreachable().ThenUnreachable().ThenStream(body), jitter: 1);
        await body.Silent.WaitAsync(TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromSeconds(2), _clock.Waits[2]);
    }

    [Theory]
    [InlineData("retry: 5000\n\n", 5000)]
    [InlineData("retry: 5000\n", 5000)]
    [InlineData("retry: 5000\r", 5000)]
    [InlineData("retry: 5000\n\nretry: 9000\nid: cut", 9000)]
    [InlineData("retry: 5000", 1000)]
    [InlineData("retry: 0\n\n", 1000)]
    [InlineData("retry: -5000\n\nretry: 5s\n\n", 1000)]
    [InlineData("retry: 9999999999999\n\n", 60_000)]
    [InlineData("retry: 99999999999999999999999999\n\n", 1000)]
    public async Task Wait_RetryTold_IsTheBaseWithinTheBounds(string stream, int milliseconds)
    {
        await RunAsync(new FakeHub().ThenStream(stream).ThenUnreachable(), jitter: 0);

        Assert.Equal([TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(milliseconds)], _clock.Waits);
    }

    [Fact]
    public void Wait_AnyHistory_StaysBetweenBaseAndMaximum() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[0, 100_000], Gen.Int[0, 200_000], Gen.Int[1, 200], Gen.Int).Sample((minimum, spread, retry, attempts, seed) =>
        {
            var options = new FonteClientOptions
            {
                HubUrl = FakeHub.Url,
                MinimumReconnectionTime = TimeSpan.FromMilliseconds(minimum),
                MaximumReconnectionTime = TimeSpan.FromMilliseconds(minimum + spread),
                Random = new Random(seed),
            };
            var waits = new ReconnectionWait(options, new Lock());
            waits.SetReconnectionTime(TimeSpan.FromMilliseconds(retry));
            var least = TimeSpan.FromMilliseconds(Math.Clamp(retry, minimum, minimum + spread));
            for (var attempt = 0; attempt < attempts; attempt++)
            {
                var wait = waits.Next(null);
                if (wait < least || wait > options.MaximumReconnectionTime)
                    return false;
            }

            return true;
        }, iter: 2000);

    [Fact]
    public async Task Wait_RetryAfterWithJitter_IsSpreadAboveIt()
    {
        await RunAsync(new FakeHub().ThenStatus(429, "30"), jitter: 1);

        Assert.Equal([TimeSpan.FromSeconds(31)], _clock.Waits);
    }

    private async Task RunAsync(FakeHub hub, double jitter) =>
        await Subscriber.Subscribe(Subscriber.Create(hub, _clock, jitter)).ToListAsync(TestContext.Current.CancellationToken);
}
