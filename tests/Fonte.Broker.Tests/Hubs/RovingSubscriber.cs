using System.Globalization;

namespace Fonte.Broker.Tests.Hubs;

/// <summary>Reads one topic's events, or all; goes to another hub with its last event ID whenever the stream ends.</summary>
internal sealed class RovingSubscriber(ThreeHubs hubs, int number, string match, string? lastEventId = null)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile List<(long Offset, string Data)> _events = [];
    private string? _last = lastEventId;
    private int _hub = number;

    internal string Match => match;

    /// <summary>What came, in the order in which it came.</summary>
    internal IReadOnlyList<(long Offset, string Data)> Events => _events;

    /// <summary>Completes when the first stream is open.</summary>
    internal Task Begun => _begun.Task;

    /// <summary>Says of a skip, of another epoch or of an offset that does not rise.</summary>
    internal string? Fault { get; private set; }

    internal int Reconnections { get; private set; } = -1;

    /// <summary>Reads until this is so, of what came last.</summary>
    internal async Task RunAsync(Func<string, bool> isLast)
    {
        string? epoch = null;
        while (true)
        {
            Reconnections++;
            try
            {
                if (await ReadAsync(isLast, value => epoch ??= value)) return;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // The hub is gone; another goes on.
            }
            _hub++;
            await Task.Delay(20, TestNode.Stop);
        }
    }

    private async Task<bool> ReadAsync(Func<string, bool> isLast, Func<string, string> epochOf)
    {
        var query = $"?match={Uri.EscapeDataString(match)}" + (_last is null ? "" : $"&last_event_id={Uri.EscapeDataString(_last)}");
        using var response = await Http.GetAsync(new Uri(hubs.Address(_hub), $"/.well-known/mercure{query}"), HttpCompletionOption.ResponseHeadersRead, TestNode.Stop);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestNode.Stop));
        string? id = null, data = null;
        while (await reader.ReadLineAsync(TestNode.Stop) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            else if (line == "event: fonte-gap") Fault ??= $"A gap was told after {_last}.";
            else if (line.Length == 0)
            {
                if (id is not null) _last = id;
                if (data is not null && id is not null) Take(id, data, epochOf);
                _begun.TrySetResult();
                if (data is not null && isLast(data)) return true;
                (id, data) = (null, null);
            }
        }
        return false;
    }

    private void Take(string id, string data, Func<string, string> epochOf)
    {
        // urn:fonte:<epoch>:<offset>
        var parts = id.Split(':');
        var offset = long.Parse(parts[3], CultureInfo.InvariantCulture);
        if (epochOf(parts[2]) != parts[2]) Fault ??= $"The epoch became {parts[2]}.";
        if (_events.Count > 0 && offset <= _events[^1].Offset) Fault ??= $"{offset} came after {_events[^1].Offset}.";
        _events.Add((offset, data));
    }
}
