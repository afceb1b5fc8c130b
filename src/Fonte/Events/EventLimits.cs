namespace Fonte;

/// <summary>How large an event may be. Exceeding one of these is answered 413 over HTTP (Mercure draft -08, "Publication").</summary>
public sealed class EventLimits
{
    /// <summary>Most topics of one event.</summary>
    /// <value>100</value>
    public int MaxTopics { get; set; } = 100;

    /// <summary>Most bytes of UTF-8 in one topic.</summary>
    /// <value>2,048</value>
    public int MaxTopicBytes { get; set; } = 2048;

    /// <summary>Most bytes of UTF-8 in an event ID, which also travels in HTTP fields.</summary>
    /// <value>1,024</value>
    public int MaxIdBytes { get; set; } = 1024;

    /// <summary>Most bytes of UTF-8 in an event type.</summary>
    /// <value>255</value>
    public int MaxTypeBytes { get; set; } = 255;

    /// <summary>Most bytes of data.</summary>
    /// <value>16,777,216 (16 MiB); what comes over HTTP is bounded before by the size of the body.</value>
    public int MaxDataBytes { get; set; } = 16 * 1024 * 1024;
}
