using System.Globalization;

namespace Fonte.Client;

/// <summary>An event as the form of the Mercure protocol (draft-dunglas-mercure, section "Publication").</summary>
internal static class PublishForm
{
    public static FormUrlEncodedContent Encode(OutgoingEvent outgoing)
    {
        if (outgoing.Topics is not { Count: > 0 })
            throw new ArgumentException("An event needs at least one topic.", nameof(outgoing));
        if (outgoing.ReconnectionTime < TimeSpan.Zero)
            throw new ArgumentException("The reconnection time must not be negative.", nameof(outgoing));

        List<KeyValuePair<string, string>> fields = [];
        foreach (var topic in outgoing.Topics)
            Add("topic", topic);
        Add("data", outgoing.Data);
        if (outgoing.Id is not null)
            Add("id", outgoing.Id);
        if (outgoing.Type is not null)
            Add("type", outgoing.Type);
        if (outgoing.ReconnectionTime is { } reconnectionTime)
            Add("retry", ((long)reconnectionTime.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        if (outgoing.Private)
            Add("private", "on");
        return new FormUrlEncodedContent(fields);

        void Add(string name, string value)
        {
            UnicodeText.ThrowIfIllFormed(value, nameof(outgoing));
            fields.Add(new(name, value));
        }
    }
}
