using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fonte;

/// <summary>A publisher's name for one request, by which a retry is recognised (draft-ietf-httpapi-idempotency-key-header).</summary>
/// <remarks>Known for as long as the events it came with are kept, and for 24 hours at most.</remarks>
/// <param name="Value">Chosen by the publisher, unique among its requests; 1 to 255 characters.</param>
/// <param name="Scope">Whose key it is, such as the token's subject: equal keys of different scopes are different keys.</param>
public sealed record IdempotencyKey(string Value, string Scope = "")
{
    /// <summary>Most characters of <see cref="Value"/>.</summary>
    public const int MaxLength = 255;

    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>How many bytes of a hash are kept: half for the key and half for what came with it.</summary>
    internal const int HalfLength = 16;

    /// <summary>How many bytes a seal has.</summary>
    internal const int SealLength = 2 * HalfLength;

    /// <summary>Whether a key still counts that came first at one time, at another; in microseconds.</summary>
    internal static bool Counts(long first, long now) => now - first < Lifetime.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>
    /// What the log keeps beside the first event of the request: 16 bytes that stand for the key, 16 for the events. SHA-256, so that nobody
    /// can choose keys that collide (CWE-407).
    /// </summary>
    internal byte[] Seal(IReadOnlyList<EventDraft> events)
    {
        var seal = new byte[SealLength];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(digest, Scope);
        Add(digest, Value);
        digest.GetHashAndReset(hash);
        hash[..HalfLength].CopyTo(seal);
        foreach (var draft in events)
        {
            Add(digest, draft.Topics.Count);
            foreach (var topic in draft.Topics) Add(digest, topic);
            Add(digest, draft.Id);
            Add(digest, draft.Type);
            Add(digest, draft.RetryMilliseconds ?? -1);
            Add(digest, draft.Private ? 1 : 0);
            Add(digest, draft.Data.Length);
            digest.AppendData(draft.Data.Span);
        }
        digest.GetHashAndReset(hash);
        hash[..HalfLength].CopyTo(seal.AsSpan(HalfLength));
        return seal;
    }

    private static void Add(IncrementalHash digest, string? text)
    {
        if (text is null)
        {
            Add(digest, -1);
            return;
        }
        var utf8 = Encoding.UTF8.GetBytes(text);
        Add(digest, utf8.Length);
        digest.AppendData(utf8);
    }

    private static void Add(IncrementalHash digest, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        digest.AppendData(bytes);
    }
}
