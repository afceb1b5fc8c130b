using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fonte.LogBench;

/// <summary>What publishing from code measured.</summary>
/// <param name="EventsPerSecond">Within the window, acknowledged.</param>
/// <param name="Events">All that were acknowledged, the warm-up included.</param>
internal sealed record CodeResult(double EventsPerSecond, long Events);

/// <summary>Publishers in the process of the hub, as an application that embeds it has them: no subscriber, no HTTP.</summary>
internal sealed class CodeLoad(string folder, Func<Random, string> topic, int publishers, int eventsPerRequest)
{
    private long _acknowledged;

    /// <summary>Publishes for so long, each publisher one request after the other.</summary>
    public async Task<CodeResult> RunAsync(TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var host = await StartHostAsync(cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var publishing = StartPublishers(host, long.MaxValue, ending.Token);
        await Task.Delay(warmUp, cancellationToken);
        var before = Interlocked.Read(ref _acknowledged);
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAny(Task.Delay(duration, cancellationToken), publishing);
        var perSecond = (Interlocked.Read(ref _acknowledged) - before) / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await ending.CancelAsync();
        await publishing;
        await host.StopAsync(CancellationToken.None);
        return new CodeResult(perSecond, _acknowledged);
    }

    /// <summary>Publishes so many events.</summary>
    public async Task<CodeResult> RunAsync(long events, CancellationToken cancellationToken)
    {
        using var host = await StartHostAsync(cancellationToken);
        var begun = Stopwatch.GetTimestamp();
        await StartPublishers(host, events, cancellationToken);
        var perSecond = _acknowledged / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await host.StopAsync(CancellationToken.None);
        return new CodeResult(perSecond, _acknowledged);
    }

    private async Task<IHost> StartHostAsync(CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddFonte(options => options.Data = folder);
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }

    private Task StartPublishers(IHost host, long events, CancellationToken cancellationToken)
    {
        var publisher = host.Services.GetRequiredService<IEventPublisher>();
        long begun = 0;
        return Task.WhenAll(Enumerable.Range(0, publishers).Select(number => Task.Run(async () =>
        {
            var random = new Random(number);
            while (!cancellationToken.IsCancellationRequested && Interlocked.Add(ref begun, eventsPerRequest) <= events)
            {
                var result = await publisher.PublishAsync(Request(random), CancellationToken.None);
                if (!result.IsPublished)
                    throw new LogBenchException($"A publish from code ended {result.Outcome}.");
                Interlocked.Add(ref _acknowledged, eventsPerRequest);
            }
        }, CancellationToken.None)));
    }

    private PublishRequest Request(Random random)
    {
        var events = new EventDraft[eventsPerRequest];
        for (var index = 0; index < events.Length; index++)
            events[index] = new EventDraft { Topics = [topic(random)], Data = BenchEvents.Data };
        return new PublishRequest { Events = events };
    }
}
