using System.Buffers.Binary;

namespace Fonte;

/// <content>Which log it is, and where to go on.</content>
internal sealed partial class SharedLogReplica
{
    /// <summary>Finds out which log it is, makes the replica anew if it is another, and returns the broker's offset to go on from.</summary>
    private async Task<long> AttachAsync()
    {
        var sameness = Sameness.Gone;
        if (!_isAnother && _log is { } log && FingerprintOf(log.Local.Fingerprint, out var known))
        {
            sameness = await CompareAsync(log, known).ConfigureAwait(false);
            if (sameness == Sameness.Same)
            {
                Log.Follows(_logger, _shared.Name, log.Identity.Epoch, log.NextOffset);
                return log.NextOffset - 1;
            }
        }
        var found = await DiscoverAsync(isWhole: _isAnother || sameness != Sameness.Gone).ConfigureAwait(false);
        if (sameness == Sameness.Unknown)
        {
            // A log that is slow to answer is not shorter than it was: that is so only if what is appended now comes before.
            if (found.End > _log!.NextOffset - 2) throw new SharedLogException($"{_shared.Name} does not give back in time what it holds.");
            sameness = Sameness.Different;
        }
        if (sameness == Sameness.Different && found.Epoch == _log!.Identity.Epoch)
        {
            // It calls itself what it was, and is not: it was rolled back. Its cursors must not be taken for those of what was there.
            _generation = found.Generation + 1;
            await ProduceMarkAsync(LogEpoch.Create(), isClaim: false).ConfigureAwait(false);
            found = await DiscoverAsync(isWhole: true).ConfigureAwait(false);
        }
        (_generation, _isAnother) = (found.Generation, false);
        // Not filled yet, and of the log that it was made for.
        if (_log is not null && _lastRecord is null && _log.Local.Fingerprint is null && _log.Identity.Epoch == found.Epoch && _log.NextOffset == found.First + 1) return found.First;
        await ReplaceAsync(new(found.Epoch, found.First + 1)).ConfigureAwait(false);
        _lastRecord = null;
        Log.Follows(_logger, _shared.Name, found.Epoch, found.First + 1);
        return found.First;
    }

    // The last record that was kept must be where it was.
    private async Task<Sameness> CompareAsync(ReplicatedEventLog log, byte[] fingerprint)
    {
        var last = log.NextOffset - 2;
        var look = new RecordLook(_shared, last, _settings, _stopping.Token);
        await using var _ = look.ConfigureAwait(false);
        if (await look.NextAsync().ConfigureAwait(false) is not { } record) return Sameness.Unknown;
        if (record.Offset > last) return Sameness.Gone;
        return SharedRecordFormat.FingerprintOf(record).AsSpan().SequenceEqual(fingerprint) ? Sameness.Same : Sameness.Different;
    }

    /// <summary>Reads from the oldest record to a mark of one's own: the epoch is the one of the highest generation that is confirmed, or else that was claimed first.</summary>
    /// <param name="isWhole">Otherwise the first mark that is confirmed is believed; who follows finds out when a later one is of a higher generation, which is rare.</param>
    private async Task<FoundLog> DiscoverAsync(bool isWhole)
    {
        var number = await ProduceMarkAsync(LogEpoch.Create(), isClaim: true).ConfigureAwait(false);
        var look = new RecordLook(_shared, 0, _settings, _stopping.Token);
        await using var _ = look.ConfigureAwait(false);
        long? first = null;
        LogMark? claimed = null, confirmed = null;
        while (await look.NextAsync().ConfigureAwait(false) is { } record)
        {
            first ??= record.Offset;
            var decoded = _settings.Format.Decode(record);
            if (decoded.Time is { } time && first == record.Offset) _time = time;
            if (decoded.Mark is not { } mark) continue;
            if (mark.IsClaim) claimed ??= mark;
            else if (confirmed is null || mark.Generation > confirmed.Generation) confirmed = mark;
            var isOwn = mark.Node == _node && mark.Number == number;
            if (!isOwn && (isWhole || confirmed is null)) continue;
            var winner = confirmed ?? claimed!;
            return new(winner.Epoch, winner.Generation, first.Value, record.Offset);
        }
        throw new SharedLogException($"{_shared.Name} gives back nothing of what it takes.");
    }

    private async Task<long> ProduceMarkAsync(string epoch, bool isClaim)
    {
        var number = Interlocked.Increment(ref _marks);
        lock (_appends)
        {
            // One that is overdue tells more than one that is on its way.
            if (_markSent.Number <= _markRead) _markSent = (number, _settings.Time.GetTimestamp());
        }
        await _shared.ProduceAsync([_settings.Format.Encode(new LogMark(_node, number, epoch, _generation, isClaim), _settings.Time.GetUnixMicroseconds())], _stopping.Token).ConfigureAwait(false);
        return number;
    }

    private enum Sameness
    {
        /// <summary>The last record that was kept is where it was.</summary>
        Same,

        /// <summary>It is no longer kept, or was not known.</summary>
        Gone,

        /// <summary>Another is there, or the log ends before.</summary>
        Different,

        /// <summary>Nothing was given back in time.</summary>
        Unknown,
    }

    /// <summary>A log as it was found.</summary>
    /// <param name="Epoch">Which it is.</param>
    /// <param name="Generation">How often it has got another epoch.</param>
    /// <param name="First">The offset of the oldest record.</param>
    /// <param name="End">The offset of one that was appended just now; only where the whole log was read.</param>
    private sealed record FoundLog(string Epoch, int Generation, long First, long End);

    // With the time of the log beside it.
    private static byte[] WithTime(byte[] fingerprint, long time)
    {
        var both = new byte[SharedRecordFormat.FingerprintBytes + sizeof(long)];
        fingerprint.CopyTo(both, 0);
        BinaryPrimitives.WriteInt64BigEndian(both.AsSpan(SharedRecordFormat.FingerprintBytes), time);
        return both;
    }

    private bool FingerprintOf(byte[]? kept, out byte[] fingerprint)
    {
        // While it runs the last one is known better than when it was opened.
        fingerprint = _lastRecord ?? kept?[..SharedRecordFormat.FingerprintBytes] ?? [];
        return fingerprint.Length > 0;
    }

    private static long TimeOf(byte[]? kept) => kept is null ? 0 : BinaryPrimitives.ReadInt64BigEndian(kept.AsSpan(SharedRecordFormat.FingerprintBytes));
}
