using System.Buffers;

namespace Fonte;

/// <content>How events get to the pipes.</content>
internal sealed partial class Pump
{
    private const int ChunksPerTurn = 4;
    private const int BatchesPerTurn = 4;

    /// <summary>Routes everything that came since the last look, then flushes each subscriber once.</summary>
    /// <remarks>A few batches at a time, so that those who come, leave or drain are not kept waiting by a busy log.</remarks>
    private void DispatchLive()
    {
        for (var batch = 0; batch < BatchesPerTurn; batch++)
        {
            var (covered, count, next) = _window.CopyFrom(_position, _frames);
            if (!covered)
            {
                LeaveAllBehind();
                _position = _window.Start;
                continue;
            }
            for (var i = 0; i < count; i++) Route(_frames[i]);
            _position = next;
            var isHeard = count > 0 && _dirty.Count > 0;
            FlushDirty();
            if (isHeard) _settings.Metrics.Flushed(_frames[0].TimeMicroseconds, _settings.Time);
            if (count < _frames.Length) break;
        }
        Array.Clear(_frames);
    }

    private void Route(EventFrame frame)
    {
        Offer(_routes.Wildcard, frame);
        for (var i = 0; i < frame.Topics.Count; i++)
        {
            if (_routes.Exact(frame.Topics[i]) is { } list) Offer(list, frame);
            foreach (var pattern in _routes.Patterns(frame.Topics[i])) Offer(pattern, frame);
        }
    }

    private void Offer(RouteList list, EventFrame frame)
    {
        // Downwards, because a subscriber whose pipe is broken leaves the list, and the last one takes its place.
        for (var i = list.Count - 1; i >= 0; i--)
        {
            var subscriber = list[i];
            // The cursor also passes over an event that another matcher of the same subscriber has sent already.
            if (subscriber.State != SubscriberState.Live || frame.Offset < subscriber.Cursor) continue;
            if (!subscriber.MayRead(frame)) continue;
            if (subscriber.Output.Unflushed == 0) _dirty.Add(subscriber);
            if (!TryWrite(subscriber, frame)) FallBehind(subscriber, frame.Offset);
        }
    }

    private void FlushDirty()
    {
        foreach (var subscriber in _dirty)
        {
            if (subscriber.State == SubscriberState.Live) FlushLive(subscriber);
        }
        _dirty.Clear();
    }

    private void FlushLive(Subscriber subscriber)
    {
        Flush(subscriber);
        if (subscriber.State == SubscriberState.Parked && subscriber.Output.Resume is null) subscriber.Cursor = Math.Max(subscriber.Cursor, _position);
    }

    private void FallBehind(Subscriber subscriber, long cursor)
    {
        if (subscriber.State == SubscriberState.Gone) return;
        subscriber.Cursor = cursor;
        subscriber.State = SubscriberState.Behind;
        _behind.Enqueue(subscriber);
    }

    private void LeaveAllBehind()
    {
        foreach (var subscriber in _subscribers)
        {
            if (subscriber.State == SubscriberState.Live) FallBehind(subscriber, Math.Max(subscriber.Cursor, _position));
        }
    }

    /// <summary>Writes some of what a subscriber missed: from the recent window, else from the block it was given.</summary>
    private void Step(Subscriber subscriber, ReplayBlock? block)
    {
        for (var chunk = 0; chunk < ChunksPerTurn && subscriber.State == SubscriberState.Behind; chunk++)
        {
            if (subscriber.Cursor >= _position && subscriber.Written == 0)
            {
                subscriber.State = SubscriberState.Live;
                EndIfAnswered(subscriber);
            }
            else if (_window.CopyFrom(subscriber.Cursor, _frames) is (true, var count, var next))
            {
                Fill(subscriber, _frames.AsSpan(0, count), next);
            }
            else if (subscriber.Output.Unflushed > 0)
            {
                // It is flushed first, below: what cannot be sent moves the cursor back, and that is where to read from.
            }
            else if (block is null || block.Next <= subscriber.Cursor)
            {
                subscriber.State = SubscriberState.Reading;
                _readers.Request(subscriber, subscriber.Cursor, this);
            }
            else if (!LacksBefore(subscriber, block) || TellGap(subscriber, block))
            {
                Fill(subscriber, block.Frames, block.Next);
            }
            if (subscriber.Output.Unflushed > 0 && subscriber.State != SubscriberState.Gone) Flush(subscriber);
        }
        if (subscriber.State == SubscriberState.Behind) _behind.Enqueue(subscriber);
    }

    /// <summary>Writes from these frames what the subscriber receives, until a chunk is full, and moves its cursor.</summary>
    private void Fill(Subscriber subscriber, ReadOnlySpan<EventFrame> frames, long next)
    {
        foreach (var frame in frames)
        {
            if (frame.Offset < subscriber.Cursor) continue;
            if (subscriber.Written > 0 && frame.Offset != subscriber.Cursor)
            {
                // Half of an event was sent, and the rest is no longer kept.
                Finish(subscriber, DisconnectReason.Gap, atBoundary: false);
                return;
            }
            subscriber.Cursor = frame.Offset;
            if (subscriber.Receives(frame) && !TryWrite(subscriber, frame)) return;
        }
        subscriber.Cursor = Math.Max(subscriber.Cursor, next);
    }

    /// <summary>Whether events between the cursor and the block may be missing of which the subscriber was not told.</summary>
    private static bool LacksBefore(Subscriber subscriber, ReplayBlock block) =>
        block.From > subscriber.Cursor || (block.TruncatedTo > subscriber.Cursor && block.Truncations != subscriber.KnownTruncations);

    private bool TellGap(Subscriber subscriber, ReplayBlock block)
    {
        // Who declined to be told cannot be helped by a new connection either, which would meet the same damage.
        if (block.Gap == GapReason.Damaged && !subscriber.TellGaps && subscriber.Written == 0)
        {
            subscriber.Cursor = block.From;
            return true;
        }
        if (!subscriber.TellGaps || subscriber.Written > 0)
        {
            Finish(subscriber, DisconnectReason.Gap, atBoundary: subscriber.Written == 0);
            return false;
        }
        var from = _settings.Ids.At(subscriber.Cursor - 1);
        subscriber.Cursor = FirstFrom(block, subscriber.Cursor);
        if (block.Gap == GapReason.Truncated) subscriber.KnownTruncations = block.Truncations;
        return Write(subscriber, Encode(
            output => StreamForms.Gap(subscriber.Form, output, new(block.Gap, from), _settings.Ids.At(subscriber.Cursor - 1), _settings.Ids.At(subscriber.Cursor)), isGap: true));
    }

    // The first event of the block that is still to come, or where it ends: nothing of these topics lies between.
    private static long FirstFrom(ReplayBlock block, long cursor)
    {
        foreach (var frame in block.Frames)
        {
            if (frame.Offset >= cursor) return frame.Offset;
        }
        return Math.Max(block.From, Math.Max(block.Next, cursor));
    }

    private void Greet(Subscriber subscriber)
    {
        var start = subscriber.Start!;
        // The gap carries the position itself: with a block before it, a connection cut between the two would lose the gap.
        var gap = subscriber.TellGaps ? start.Gap : null;
        Write(subscriber, Encode(Beginning, isGap: gap is not null));
        subscriber.Start = null;

        void Beginning(IBufferWriter<byte> output)
        {
            var before = _settings.Ids.At(start.Next - 1);
            if (subscriber.Form != StreamForm.Objects) EventStreamFormat.Retry(output, subscriber.RetryMilliseconds);
            if (gap is null) StreamForms.Position(subscriber.Form, output, before);
            else StreamForms.Gap(subscriber.Form, output, gap, before, _settings.Ids.At(start.Next));
        }
    }

    /// <summary>Writes a heartbeat, with the position before this offset if there is one.</summary>
    private void Beat(Subscriber subscriber, long? next)
    {
        ref var beat = ref _beats[(int)subscriber.Form];
        if (beat.Made is null || beat.Next != next) beat = (Encode(output => StreamForms.Heartbeat(subscriber.Form, output, next is { } known ? _settings.Ids.At(known - 1) : null)), next);
        if (!Write(subscriber, beat.Made!)) return;
        if (subscriber.State == SubscriberState.Live) FlushLive(subscriber);
        else Flush(subscriber);
    }

    private SharedBlock Encode(Action<IBufferWriter<byte>> write, bool isGap = false)
    {
        _block.ResetWrittenCount();
        write(_block);
        return new(_block.WrittenSpan, isGap);
    }

    private bool Write(Subscriber subscriber, SharedBlock block)
    {
        try
        {
            subscriber.Output.Write(block, subscriber.Cursor, _scratch);
            return true;
        }
        catch (Exception)
        {
            // The pipe is the server's or an embedder's; whatever it throws is this subscriber's end and nobody else's.
            Finish(subscriber, DisconnectReason.ClientGone, atBoundary: false);
            return false;
        }
    }

    /// <summary>Writes what fits of an event into the chunk; true when all of it is written.</summary>
    private bool TryWrite(Subscriber subscriber, EventFrame frame)
    {
        if (subscriber.Form != StreamForm.Blocks) frame = In(subscriber.Form, frame);
        try
        {
            subscriber.Written += subscriber.Output.Write(frame, subscriber.Written, _scratch);
        }
        catch (Exception)
        {
            Finish(subscriber, DisconnectReason.ClientGone, atBoundary: false);
            return false;
        }
        if (subscriber.Written < frame.Bytes.Length) return false;
        subscriber.Written = 0;
        subscriber.Cursor = frame.Offset + 1;
        _delivered++;
        return true;
    }

    // Of an event that many get it is made once, because they get it one after the other.
    private EventFrame In(StreamForm form, EventFrame frame)
    {
        ref var formed = ref _formed[(int)form];
        if (formed.Source != frame) formed = (frame, frame.In(form));
        return formed.Made!;
    }

    private void Flush(Subscriber subscriber)
    {
        subscriber.LastActivity = _now;
        ValueTask<bool> flush;
        try
        {
            flush = subscriber.Output.FlushAsync(_scratch);
        }
        catch (Exception)
        {
            Finish(subscriber, DisconnectReason.ClientGone, atBoundary: false);
            return;
        }
        // A flush that has something to resume may be over already: a send can complete between two looks at it.
        if (flush.IsCompletedSuccessfully && subscriber.Output.Resume is null)
        {
            if (flush.Result) Finish(subscriber, subscriber.Output.Over, atBoundary: subscriber.Output.Over != DisconnectReason.ClientGone);
            return;
        }
        subscriber.State = SubscriberState.Parked;
        if (subscriber.Output.Resume is { } resume) subscriber.Cursor = resume;
        _delivered -= subscriber.Output.Forgotten;
        _ = AwaitFlushAsync(subscriber, flush);
    }

    private async Task AwaitFlushAsync(Subscriber subscriber, ValueTask<bool> flush)
    {
        var failed = true;
        try
        {
            failed = await flush.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // However the connection failed, the subscriber is gone; the server has logged it.
        }
        Post(PumpMessage.Flushed(subscriber, failed));
    }
}
