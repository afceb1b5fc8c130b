using System.Diagnostics;
using System.Net;

namespace Fonte.Broker.Tests.Hubs;

/// <summary>Publishes one event after the other, each under its key until it is acknowledged; at another hub when one does not take it.</summary>
internal sealed class RovingPublisher(ThreeHubs hubs, int number)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private int _hub = number;
    private int _refusals;

    /// <summary>What was acknowledged: the event's data and its ID.</summary>
    internal List<(string Data, string Id)> Acknowledged { get; } = [];

    /// <summary>The longest time that it took until an event was acknowledged.</summary>
    internal TimeSpan LongestWait { get; private set; }

    /// <summary>How often an event was answered with 503.</summary>
    internal int Refusals => Volatile.Read(ref _refusals);

    internal async Task PublishAsync(string topic, string data)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (await TryAsync(topic, data) is { } id)
            {
                if (waited.Elapsed > LongestWait) LongestWait = waited.Elapsed;
                Acknowledged.Add((data, id));
                return;
            }
            _hub++;
            await Task.Delay(20, TestNode.Stop);
        }
    }

    private async Task<string?> TryAsync(string topic, string data)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(hubs.Address(_hub), "/.well-known/mercure"));
        request.Content = new FormUrlEncodedContent([new("topic", topic), new("data", data)]);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", $"\"{data}\"");
        try
        {
            using var response = await Http.SendAsync(request, TestNode.Stop);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) Interlocked.Increment(ref _refusals);
            return response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync(TestNode.Stop) : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException && !TestNode.Stop.IsCancellationRequested)
        {
            return null;
        }
    }
}
