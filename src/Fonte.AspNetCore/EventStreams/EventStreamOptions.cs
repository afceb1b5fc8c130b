namespace Fonte.AspNetCore;

/// <summary>What an application streams at a URL of its own.</summary>
public sealed class EventStreamOptions
{
    /// <summary>The topics. <c>*</c> is not one: see <see cref="AllTopics"/>.</summary>
    /// <value>none</value>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Whether every public event of the hub is in the stream. By name, so that no text from a route can mean it.</summary>
    /// <value><see langword="false"/></value>
    public bool AllTopics { get; init; }

    /// <summary>Whether private events of these topics are in the stream too: who may read them is then for the application to decide, before it returns the stream.</summary>
    /// <remarks>What is published as private can be read at this URL and, with a token for the topic, at the hub's; no one else sees it, also not with <c>match=*</c>.</remarks>
    /// <value><see langword="false"/></value>
    public bool IncludePrivate { get; init; }

    /// <summary>Whether who reconnects gets what it missed, and who asks with <c>since</c> what is older; if not, every stream starts at the present, as is right for a clock.</summary>
    /// <value><see langword="true"/></value>
    public bool Resume { get; init; } = true;

    /// <summary>Whether a gap is told in band, by an event of type <c>fonte-gap</c>.</summary>
    /// <value><see langword="true"/></value>
    public bool TellGaps { get; init; } = true;
}
