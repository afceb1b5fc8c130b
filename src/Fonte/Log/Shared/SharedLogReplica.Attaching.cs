namespace Fonte;

/// <content>Which log it is, and where to go on.</content>
internal sealed partial class SharedLogReplica
{
    /// <summary>Finds out which log it is, makes the replica anew if it is another, and returns the broker's offset to go on from.</summary>
    private async Task<long> AttachAsync()
    {
        var sameness = Sameness.Gone;
        FoundLog? found = null;
        if (_isAnother)
        {
            // Somebody says that it is; which it is, is told by the whole of it.
            found = await DiscoverAsync(isWhole: true).ConfigureAwait(false);
            _others.Clear();
            _others.UnionWith(found.Epochs);
        }
        if (_log is { } log && (found is null || (found.Epoch == log.Identity.Epoch && found.Generation == _generation)) && StateOf(log) is { } known)
        {
            (_time, _generation) = (known.Time, known.Generation);
            sameness = await CompareAsync(log, known.Fingerprint).ConfigureAwait(false);
            if (sameness == Sameness.Same)
            {
                _isAnother = false;
                Log.Follows(_logger, _shared.Name, log.Identity.Epoch, log.NextOffset);
                return log.NextOffset - 1;
            }
        }
        found ??= await DiscoverAsync(isWhole: sameness != Sameness.Gone).ConfigureAwait(false);
        if (sameness == Sameness.Unknown)
        {
            // A log that is slow to answer is not shorter than it was: that is so only if what is appended now comes before.
            if (found.End > _log!.NextOffset - 2) throw new SharedLogException($"{_shared.Name} does not give back in time what it holds.");
            sameness = Sameness.Different;
        }
        if (sameness == Sameness.Different && found.Generation <= _generation)
        {
            // It was rolled back, also to before the last time that it was: then it calls itself what it was called then. Its cursors must not be taken for those of what was there.
            _generation++;
            await ProduceMarkAsync(LogEpoch.Create(), isClaim: false, _stopping.Token).ConfigureAwait(false);
            found = await DiscoverAsync(isWhole: true).ConfigureAwait(false);
        }
        // Not filled yet, and of the log that it was made for.
        var isFresh = _log is not null && _log.Local.ReadFingerprint() is null && _log.Identity.Epoch == found.Epoch && _log.NextOffset == found.First + 1;
        if (!isFresh) await ReplaceAsync(new(found.Epoch, found.First + 1)).ConfigureAwait(false);
        (_time, _generation, _isAnother) = (found.Time, found.Generation, false);
        Log.Follows(_logger, _shared.Name, found.Epoch, found.First + 1);
        return found.First;
    }

    // As the database has it now: a commit whose outcome was unknown may be there.
    private static ReplicaState? StateOf(ReplicatedEventLog log) =>
        log.Local.Fault is { } fault ? throw new LogUnavailableException(fault) : ReplicaState.Read(log.Local.ReadFingerprint());

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
    /// <param name="isWhole">Otherwise the first mark that is confirmed is believed; who follows finds out when a later one is of another log.</param>
    private async Task<FoundLog> DiscoverAsync(bool isWhole)
    {
        var number = await ProduceMarkAsync(LogEpoch.Create(), isClaim: true, _stopping.Token).ConfigureAwait(false);
        var look = new RecordLook(_shared, 0, _settings, _stopping.Token);
        await using var _ = look.ConfigureAwait(false);
        long? first = null, firstTime = null;
        var epochs = new HashSet<string>(StringComparer.Ordinal);
        LogMark? claimed = null, confirmed = null;
        while (await look.NextAsync().ConfigureAwait(false) is { } record)
        {
            first ??= record.Offset;
            var decoded = _settings.Format.Decode(record);
            firstTime ??= decoded.Time;
            if (decoded.Mark is not { } mark) continue;
            if (mark.IsClaim)
            {
                claimed ??= mark;
            }
            else
            {
                epochs.Add(mark.Epoch);
                if (confirmed is null || mark.Generation > confirmed.Generation) confirmed = mark;
            }
            var isOwn = mark.Node == _node && mark.Number == number;
            if (!isOwn && (isWhole || confirmed is null)) continue;
            var winner = confirmed ?? claimed!;
            return new(winner.Epoch, winner.Generation, first.Value, record.Offset, firstTime ?? 0, epochs);
        }
        throw new SharedLogException($"{_shared.Name} gives back nothing of what it takes.");
    }

    private async Task<long> ProduceMarkAsync(string epoch, bool isClaim, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _marks);
        lock (_appends)
        {
            // One that is overdue tells more than one that is on its way.
            if (_markSent.Number <= _markRead) _markSent = (number, _settings.Time.GetTimestamp());
        }
        await ProduceAsync([_settings.Format.Encode(new LogMark(_node, number, epoch, _generation, isClaim), _settings.Time.GetUnixMicroseconds())], cancellationToken).ConfigureAwait(false);
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
    /// <param name="Time">The first time that a hub has told in it.</param>
    /// <param name="Epochs">All that marks in it have confirmed, as far as it was read.</param>
    private sealed record FoundLog(string Epoch, int Generation, long First, long End, long Time, HashSet<string> Epochs);
}
