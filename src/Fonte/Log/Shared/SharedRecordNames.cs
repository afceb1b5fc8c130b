namespace Fonte;

/// <summary>The names of a record's headers. The first are for whoever publishes; those that begin with <c>fonte-</c> are the hubs' own and signed.</summary>
public static class SharedRecordNames
{
    /// <summary>A topic, in UTF-8; once for each, the canonical first.</summary>
    public const string Topic = "topic";

    /// <summary>The publisher's own event ID.</summary>
    public const string Id = "id";

    /// <summary>The event type.</summary>
    public const string Type = "type";

    /// <summary><c>true</c> for a private event, or <c>false</c>.</summary>
    public const string Private = "private";

    /// <summary>The reconnection time in milliseconds, in ASCII digits.</summary>
    public const string Retry = "retry";

    internal const string HubPrefix = "fonte-";
    internal const string Kind = "fonte-kind";
    internal const string Request = "fonte-request";
    internal const string Time = "fonte-time";
    internal const string Key = "fonte-key";
    internal const string Before = "fonte-before";
    internal const string Mac = "fonte-mac";
}
