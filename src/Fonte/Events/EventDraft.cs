using System.Text;

namespace Fonte;

/// <summary>An event as a publisher hands it in, before the log has given it a place.</summary>
/// <remarks>
/// The rules every field must keep are in <see cref="EventRules"/>; they follow the Mercure draft -08, section "Publication".
/// Once published, the instance, its topics and its data belong to the hub and must not change.
/// </remarks>
public sealed class EventDraft
{
    /// <summary>What the event is about: the canonical topic first, then alternates. At least one.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>The content, as UTF-8. CR and CRLF reach subscribers as LF (WHATWG HTML, "Parsing an event stream").</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The publisher's own event ID, or <see langword="null"/> to be given the position <c>urn:fonte:epoch:offset</c>.</summary>
    public string? Id { get; init; }

    /// <summary>The SSE event type, or <see langword="null"/> for an unnamed event (<c>message</c> in a browser).</summary>
    public string? Type { get; init; }

    /// <summary>The reconnection time that subscribers take over, in milliseconds; zero or more.</summary>
    public int? RetryMilliseconds { get; init; }

    /// <summary>Whether only subscribers granted one of the topics may receive the event.</summary>
    public bool Private { get; init; }

    // Throws where UTF8 would put U+FFFD in the place of half a surrogate pair.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Makes an unnamed, public event of one topic.</summary>
    /// <exception cref="ArgumentException"><paramref name="data"/> is not valid Unicode.</exception>
    public static EventDraft Create(string topic, string data)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(data);
        return new() { Topics = [topic], Data = Strict.GetBytes(data) };
    }
}
