namespace Fonte.Bench;

/// <summary>One subscriber's account of the sequences it should see: each once, per lane in order.</summary>
internal sealed class SequenceTracker(int lanes)
{
    // A subscriber that lost more than this is broken beyond telling late from lost; what is beyond counts as lost.
    private const int MaximumRemembered = 100_000;

    private readonly uint[] _next = new uint[lanes];
    private HashSet<(int Lane, uint Sequence)>? _missing;
    private long _forgotten;

    public long Twice { get; private set; }

    public long OutOfOrder { get; private set; }

    /// <summary>Takes one delivery; <see langword="false"/> for a lane that does not exist.</summary>
    public bool Observe(int lane, uint sequence)
    {
        if ((uint)lane >= (uint)_next.Length)
            return false;
        ref var next = ref _next[lane];
        if (sequence == next)
        {
            next++;
        }
        else if (sequence > next)
        {
            Remember(lane, next, sequence);
            next = sequence + 1;
        }
        else if (_missing is not null && _missing.Remove((lane, sequence)))
        {
            OutOfOrder++;
        }
        else
        {
            Twice++;
        }

        return true;
    }

    /// <summary>How many of the first <paramref name="sent"/> sequences of a lane have not come, but for those excused.</summary>
    public long MissingOf(int lane, uint sent, Func<uint, bool> isExcused)
    {
        long missing = 0;
        if (_missing is not null)
        {
            foreach (var entry in _missing)
            {
                if (entry.Lane == lane && !isExcused(entry.Sequence))
                    missing++;
            }
        }

        for (var sequence = _next[lane]; sequence < sent; sequence++)
        {
            if (!isExcused(sequence))
                missing++;
        }

        return missing;
    }

    /// <summary>Missing sequences that were too many to remember.</summary>
    public long Forgotten => _forgotten;

    private void Remember(int lane, uint from, uint to)
    {
        _missing ??= [];
        for (var sequence = from; sequence < to; sequence++)
        {
            if (_missing.Count >= MaximumRemembered)
            {
                _forgotten += to - sequence;
                return;
            }

            _missing.Add((lane, sequence));
        }
    }
}
