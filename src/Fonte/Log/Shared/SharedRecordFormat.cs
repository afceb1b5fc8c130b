using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Fonte;

/// <summary>Events and marks as records of a shared log, and back. Thread-safe.</summary>
/// <remarks>
/// Anyone who may write to the broker may publish: a record with a topic is an event, judged like any stranger's. What hubs say to each other is signed with the cluster's key
/// (HMAC-SHA256), and so are the time and the idempotency key of their events: whoever may write could forge them otherwise.
/// </remarks>
/// <param name="clusterKey">What all hubs of the log know.</param>
/// <param name="limits">How large events may be.</param>
/// <param name="reserved">The topics that only hubs may use.</param>
internal sealed class SharedRecordFormat(byte[] clusterKey, EventLimits limits, ReservedNamespace reserved)
{
    internal const int FingerprintBytes = 16;

    private const string EventKind = "event";
    private const string MarkKind = "mark";
    private const string ErasureKind = "erasure";

    /// <summary>An event of a hub's publisher.</summary>
    /// <param name="draft">The event.</param>
    /// <param name="request">The request that it came with, unique among all hubs, and its number there.</param>
    /// <param name="timeMicroseconds">When it was handed in.</param>
    /// <param name="seal">The request's idempotency key, and what came with it.</param>
    internal SharedRecord Encode(EventDraft draft, string request, long timeMicroseconds, byte[]? seal)
    {
        var headers = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>(draft.Topics.Count + 8);
        foreach (var topic in draft.Topics) Add(headers, SharedRecordNames.Topic, topic);
        if (draft.Id is not null) Add(headers, SharedRecordNames.Id, draft.Id);
        if (draft.Type is not null) Add(headers, SharedRecordNames.Type, draft.Type);
        if (draft.Private) Add(headers, SharedRecordNames.Private, "true");
        if (draft.RetryMilliseconds is { } retry) Add(headers, SharedRecordNames.Retry, retry.ToString(CultureInfo.InvariantCulture));
        Add(headers, SharedRecordNames.Request, request);
        if (seal is not null) headers.Add(new(SharedRecordNames.Key, seal));
        return Sign(headers, EventKind, timeMicroseconds, draft.Data);
    }

    /// <summary>A mark of a hub.</summary>
    internal SharedRecord Encode(LogMark mark, long timeMicroseconds) => Sign([], MarkKind, timeMicroseconds, mark.Write());

    /// <summary>The erasure of a topic: of every event below an offset, so that one that is repeated takes nothing more.</summary>
    internal SharedRecord EncodeErasure(string topic, long before, long timeMicroseconds)
    {
        var headers = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>(4);
        Add(headers, SharedRecordNames.Before, before.ToString(CultureInfo.InvariantCulture));
        return Sign(headers, ErasureKind, timeMicroseconds, Encoding.UTF8.GetBytes(topic));
    }

    /// <summary>What a record says.</summary>
    internal DecodedRecord Decode(SharedRecord record)
    {
        try
        {
            var isSigned = IsSigned(record);
            if (!isSigned && Find(record, SharedRecordNames.Mac) is not null) return DecodedRecord.Wrong("its signature is not of this cluster's key");
            if (!isSigned && record.Headers.Any(header => header.Key.StartsWith(SharedRecordNames.HubPrefix, StringComparison.Ordinal))) return DecodedRecord.Wrong("it has a header of the hubs and no signature");
            return (isSigned ? Text(record, SharedRecordNames.Kind) : null) switch
            {
                MarkKind => LogMark.Read(record.Body) is { } mark ? new(Mark: mark, Time: Number(record, SharedRecordNames.Time)) : DecodedRecord.Wrong("it is a mark that this version does not know"),
                ErasureKind => Number(record, SharedRecordNames.Before) is { } before ? new(Erasure: new(Text(record.Body), before), Time: Number(record, SharedRecordNames.Time)) : DecodedRecord.Wrong("it is an erasure that this version does not know"),
                null or EventKind => DecodeEvent(record, isSigned),
                _ => DecodedRecord.Wrong("it is of a kind that this version does not know"),
            };
        }
        catch (FormatException exception)
        {
            return DecodedRecord.Wrong(exception.Message);
        }
    }

    /// <summary>What stands for a record, so that it is recognised.</summary>
    internal static byte[] FingerprintOf(SharedRecord record)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(digest, record.Offset);
        AddContent(digest, record, withMac: true);
        return digest.GetHashAndReset()[..FingerprintBytes];
    }

    private DecodedRecord DecodeEvent(SharedRecord record, bool isSigned)
    {
        var topics = new List<string>(1);
        foreach (var (name, value) in record.Headers)
        {
            if (name == SharedRecordNames.Topic) topics.Add(Text(value));
        }
        var draft = new EventDraft
        {
            Topics = topics,
            Data = record.Body,
            Id = Text(record, SharedRecordNames.Id),
            Type = Text(record, SharedRecordNames.Type),
            Private = Text(record, SharedRecordNames.Private) switch { null or "false" => false, "true" => true, _ => throw new FormatException("its header private is neither true nor false") },
            RetryMilliseconds = Text(record, SharedRecordNames.Retry) is { } retry
                ? int.TryParse(retry, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? milliseconds : throw new FormatException("its header retry is no number of milliseconds")
                : null,
        };
        // A hub has checked what its own publishers may, and puts events of its own there.
        if (EventRules.Check(draft, limits, isSigned ? null : reserved) is { } fault) return DecodedRecord.Wrong(fault.Sentence.TrimEnd('.'));
        if (isSigned && Find(record, SharedRecordNames.Key) is { Length: not (IdempotencyKey.SealLength or 2 * IdempotencyKey.SealLength) }) return DecodedRecord.Wrong("its key is of a length that this version does not know");
        return isSigned
            ? new(draft, Text(record, SharedRecordNames.Request), Find(record, SharedRecordNames.Key)?.ToArray(), Time: Number(record, SharedRecordNames.Time))
            : new(draft);
    }

    private SharedRecord Sign(List<KeyValuePair<string, ReadOnlyMemory<byte>>> headers, string kind, long timeMicroseconds, ReadOnlyMemory<byte> body)
    {
        Add(headers, SharedRecordNames.Kind, kind);
        Add(headers, SharedRecordNames.Time, timeMicroseconds.ToString(CultureInfo.InvariantCulture));
        headers.Add(new(SharedRecordNames.Mac, MacOf(new(0, headers, body))));
        return new(0, headers, body);
    }

    private bool IsSigned(SharedRecord record) =>
        Find(record, SharedRecordNames.Mac) is { } mac && CryptographicOperations.FixedTimeEquals(mac.Span, MacOf(record));

    private byte[] MacOf(SharedRecord record)
    {
        using var digest = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, clusterKey);
        AddContent(digest, record, withMac: false);
        return digest.GetHashAndReset();
    }

    // Only the headers of ours, in an order of their own: a broker may add others and change the order between names, not between values of one.
    private static void AddContent(IncrementalHash digest, SharedRecord record, bool withMac)
    {
        foreach (var name in (ReadOnlySpan<string>)
            [SharedRecordNames.Topic, SharedRecordNames.Id, SharedRecordNames.Type, SharedRecordNames.Private, SharedRecordNames.Retry, SharedRecordNames.Kind, SharedRecordNames.Request, SharedRecordNames.Time, SharedRecordNames.Key, SharedRecordNames.Before, SharedRecordNames.Mac])
        {
            if (name == SharedRecordNames.Mac && !withMac) continue;
            foreach (var header in record.Headers)
            {
                if (header.Key != name) continue;
                Add(digest, header.Value.Length);
                digest.AppendData(header.Value.Span);
            }
            Add(digest, -1);
        }
        digest.AppendData(record.Body.Span);
    }

    private static void Add(IncrementalHash digest, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        digest.AppendData(bytes);
    }

    private static void Add(List<KeyValuePair<string, ReadOnlyMemory<byte>>> headers, string name, string value) => headers.Add(new(name, Encoding.UTF8.GetBytes(value)));

    private static ReadOnlyMemory<byte>? Find(SharedRecord record, string name)
    {
        ReadOnlyMemory<byte>? found = null;
        foreach (var header in record.Headers)
        {
            if (header.Key != name) continue;
            if (found is not null) throw new FormatException($"its header {name} comes more than once");
            found = header.Value;
        }
        return found;
    }

    private static string? Text(SharedRecord record, string name) => Find(record, name) is { } value ? Text(value) : null;

    private static string Text(ReadOnlyMemory<byte> value) =>
        Utf8.IsValid(value.Span) ? Encoding.UTF8.GetString(value.Span) : throw new FormatException("a header is not valid UTF-8");

    private static long? Number(SharedRecord record, string name) =>
        Text(record, name) is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>What a record of a shared log says: an event, a mark, an erasure, or nothing that can be used.</summary>
/// <param name="Draft">The event.</param>
/// <param name="Request">The request that it came with at a hub.</param>
/// <param name="Seal">Its idempotency key and what came with it.</param>
/// <param name="Mark">The mark.</param>
/// <param name="Time">When a hub took it, in microseconds since 1970 UTC.</param>
/// <param name="Erasure">The topic that is erased, and the offset below which.</param>
/// <param name="Fault">Why it is none of these.</param>
internal sealed record DecodedRecord(EventDraft? Draft = null, string? Request = null, byte[]? Seal = null, LogMark? Mark = null, long? Time = null, TopicErasure? Erasure = null, string? Fault = null)
{
    internal static DecodedRecord Wrong(string fault) => new(Fault: fault);
}

/// <summary>The erasure of a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Before">Only events below this offset are erased.</param>
internal sealed record TopicErasure(string Topic, long Before);
