namespace Fonte;

/// <summary>How the hub and its log work. The same names hold in code, under <c>Fonte</c> in <c>appsettings.json</c>, in the environment and on the command line.</summary>
public class FonteOptions
{
    /// <summary>The value of <see cref="Data"/> for a log in memory.</summary>
    public const string InMemory = ":memory:";

    /// <summary>Where the hub is mapped, and so which topics are its own. A field, because it is mapped in code and no configuration may bind it.</summary>
    internal ReservedNamespace Reserved = ReservedNamespace.Default;

    /// <summary>The folder of the log, or <c>:memory:</c> for a log that ends with the process.</summary>
    /// <value><c>fonte-data</c></value>
    public string Data { get; set; } = "fonte-data";

    /// <summary>What an acknowledged event survives.</summary>
    /// <value><see cref="SqliteSynchronous.Full"/></value>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>What the log drops, and when. A log in memory has its own bound instead, <see cref="MemoryLogBytes"/>.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>
    /// The size of a file that is given up when the disk is full, so that retention can work; made again when there is room. Zero for none.
    /// </summary>
    /// <value>67,108,864 (64 MiB)</value>
    public long BallastBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How many bytes of events a log in memory keeps.</summary>
    /// <value>67,108,864 (64 MiB)</value>
    public long MemoryLogBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How many bytes of events may wait to be committed; beyond it publishing is refused with 503.</summary>
    /// <value>67,108,864 (64 MiB)</value>
    public long MaxPendingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How many bytes of events are kept in memory for subscribers that are a little behind.</summary>
    /// <value>33,554,432 (32 MiB)</value>
    public long RecentWindowBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How many bytes of events, read from the log for replay, are kept for others who replay the same.</summary>
    /// <value>16,777,216 (16 MiB)</value>
    public long ReplayCacheBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How many bytes of topics are kept with the patterns that match them, so that a topic's patterns are looked for only when it is new.</summary>
    /// <value>33,554,432 (32 MiB)</value>
    public long PatternCacheBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How the IDs look that the hub gives: those of events without an ID of their publisher's, and cursors.</summary>
    /// <value><see cref="EventIdForm.Positions"/></value>
    public EventIdForm EventIds { get; set; }

    /// <summary>A secret of 32 bytes of UTF-8 or more with which opaque event IDs are made.</summary>
    /// <value><see langword="null"/>: one that is made once and kept in the log's folder, or with a log in memory for as long as the process lives.</value>
    public string? EventIdKey { get; set; }

    /// <summary>Where the log is a broker's: a secret of 32 bytes of UTF-8 or more that all hubs of the log know, and sign with what they say to each other.</summary>
    /// <value><see langword="null"/></value>
    public string? ClusterKey { get; set; }

    /// <summary>How long another hub of a broker's log counts as there without a sign of it; then the subscriptions at it are ended by events. A third of it is how often each gives a sign.</summary>
    /// <value>15 seconds</value>
    public TimeSpan HubLease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After how long without an event a stream gets a heartbeat.</summary>
    /// <value>15 seconds</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a subscriber may let what is written to it wait before it is disconnected. A server that buffers 64 KiB a response, as Kestrel does,
    /// takes more when half of that has gone; so who reads more than about 32 KiB in this time is never disconnected.
    /// </summary>
    /// <value>60 seconds</value>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The reconnection time that each stream is given, spread at random by half of it up and down.</summary>
    /// <value>3 seconds</value>
    public TimeSpan ReconnectionTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long an event stream may last before the hub ends it between two events, so that the subscriber reconnects: to spread subscribers anew over several
    /// hubs. Each stream gets between three quarters of this and all of it. 0 for as long as the subscriber stays.
    /// </summary>
    /// <value>0</value>
    public TimeSpan StreamLifetime { get; set; }

    /// <summary>
    /// How many event streams a second are ended when the hub stops, so that their subscribers do not all arrive elsewhere in the same moment.
    /// Those that are left when the application's shutdown timeout is over are cut.
    /// </summary>
    /// <value>8,000</value>
    public int DrainRate { get; set; } = 8_000;

    /// <summary>Most subscribers at a time; 0 for the descriptor limit of the process less 512.</summary>
    /// <value>0</value>
    public int MaxSubscribers { get; set; }

    /// <summary>How large an event may be.</summary>
    public EventLimits Limits { get; set; } = new();
}
