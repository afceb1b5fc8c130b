namespace Fonte.Bench;

/// <summary>What one load run does.</summary>
public sealed class BenchOptions
{
    internal const int MaximumSubscribers = 60_000;
    internal const int MaximumRate = 100_000;
    internal const int MaximumSize = 1_000_000;
    internal const int MaximumSeconds = 3_600;
    internal const int MaximumTopics = 60_000;

    /// <summary>The hub's base URL, or a full event-stream URL; only loopback addresses are accepted.</summary>
    /// <remarks>With <see cref="Rate"/> above 0 it must be the hub's base URL, unless <see cref="PublishUrl"/> says where else to publish.</remarks>
    public required string Url { get; init; }

    /// <summary>Where another server than a Mercure hub takes events, by POST; its event stream is <see cref="Url"/>.</summary>
    /// <value><see langword="null"/>: the hub at <see cref="Url"/>.</value>
    public string? PublishUrl { get; init; }

    /// <summary>The body that is posted to <see cref="PublishUrl"/>; <c>{data}</c> stands for the event's data.</summary>
    /// <value><c>{data}</c></value>
    public string PublishBody { get; init; } = "{data}";

    /// <summary>The content type of that body.</summary>
    /// <value><c>text/plain</c></value>
    public string PublishType { get; init; } = "text/plain";

    /// <summary>An access token for the streams and for publishing (RFC 6750, section 2.1).</summary>
    /// <value><see langword="null"/>: none.</value>
    public string? Token { get; init; }

    /// <summary>The server's process, of which processor time and memory are reported with those of its children.</summary>
    /// <value><see langword="null"/>: the processes that listen at the URL's port, where the system tells.</value>
    public int? ProcessId { get; init; }

    /// <summary>How many event streams are opened.</summary>
    /// <value>1,000.</value>
    public int Subscribers { get; init; } = 1_000;

    /// <summary>How many events per second the run publishes itself; 0 only listens.</summary>
    /// <value>10.</value>
    public int Rate { get; init; } = 10;

    /// <summary>Bytes of data per event; the least is what the stamp in it needs.</summary>
    /// <value>100.</value>
    public int Size { get; init; } = 100;

    /// <summary>For how many seconds the run publishes or listens, once every subscriber is connected.</summary>
    /// <value>10.</value>
    public int Seconds { get; init; } = 10;

    /// <summary>For how many seconds all subscribers stay idle before their memory is measured and the run goes on.</summary>
    /// <value>0.</value>
    public int SettleSeconds { get; init; }

    /// <summary>How many of the subscribers read nothing until everything is published and all others have it.</summary>
    /// <value>0.</value>
    public int Stalled { get; init; }

    /// <summary>Whether an <c>https</c> URL is spoken to with HTTP/2, many streams to a connection, instead of HTTP/1.1.</summary>
    /// <value><see langword="false"/>.</value>
    public bool Http2 { get; init; }

    /// <summary>Over how many topics events, at random, and subscribers, in turn, are spread; each subscriber listens to one.</summary>
    /// <value>1.</value>
    public int Topics { get; init; } = 1;

    /// <summary>Whether the report is written as one JSON object and progress is left out.</summary>
    /// <value><see langword="false"/>.</value>
    public bool Json { get; init; }

    /// <summary>Whom to tell, several times a second, how far the run is.</summary>
    /// <value><see langword="null"/>.</value>
    public IProgress<BenchProgress>? Progress { get; init; }

    /// <summary>The time that connecting one event stream, up to its first position block, may take.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After publishing ends: the time without any delivery after which what is missing counts as lost.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    internal bool Publishes => Rate > 0;

    /// <summary>Whether the server is a hub, whose streams begin with a position.</summary>
    internal bool IsHub => PublishUrl is null;

    /// <summary>Whether a stream of another type than <c>text/event-stream</c> will do.</summary>
    internal bool AnyType { get; init; }

    /// <summary>For how many seconds of publishing latencies do not count yet.</summary>
    internal int WarmUpSeconds { get; init; }

    /// <summary>Whether events go to a topic that no subscriber listens to.</summary>
    internal bool Unheard { get; init; }

    /// <summary>What a subscriber of a protocol of its own does to open its stream.</summary>
    internal Func<IStreamOpening>? Opening { get; init; }

    /// <summary>How many keep-alive connections publish side by side; each waits for its acknowledgement before the next event.</summary>
    internal int Lanes => Publishes ? Math.Clamp(Rate / 50, 1, 128) : 0;

    internal void Validate()
    {
        Require("--subscribers", Subscribers, 1, MaximumSubscribers);
        Require("--rate", Rate, 0, MaximumRate);
        Require("--seconds", Seconds, 1, MaximumSeconds);
        Require("--topics", Topics, 1, MaximumTopics);
        Require("--size", Size, Stamp.Length, MaximumSize);
        Require("--settle", SettleSeconds, 0, MaximumSeconds);
        Require("--stalled", Stalled, 0, Subscribers - 1);
        if (Token is not null && (Token.Length == 0 || Token.AsSpan().ContainsAnyExceptInRange('!', '~'))) throw new BenchException("--token must be an access token: ASCII without spaces.");
        if (PublishUrl is null) return;
        if (Topics > 1)
            throw new BenchException("With --publish-url there is one topic, the one of the URLs: leave --topics at 1.");
        if (PublishBody.Split("{data}").Length != 2)
            throw new BenchException("--publish-body must hold {data} once, where the event's data goes.");
    }

    private static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new BenchException(FormattableString.Invariant($"{name} must be from {least:N0} to {most:N0}, not {value:N0}."));
    }
}
