namespace Fonte;

/// <content>How streams end: answered, drained, swept, over, or because the other end is gone.</content>
internal sealed partial class Pump
{
    private readonly List<Subscriber> _due = [];

    private void Leave(Subscriber subscriber)
    {
        subscriber.IsLeaving = true;
        if (subscriber.State != SubscriberState.Gone && IsOver(subscriber)) End(subscriber, DisconnectReason.Lifetime);
    }

    // Who waits for something new has waited long enough, or did not want to wait at all.
    private void EndIfAnswered(Subscriber subscriber)
    {
        if (subscriber.State != SubscriberState.Live || !(_now >= subscriber.AnswerAt || subscriber.Output.IsAnswered)) return;
        if (_position >= subscriber.Reach)
        {
            End(subscriber, DisconnectReason.Answered);
        }
        else if (!subscriber.IsDue)
        {
            // What it has to see is in the log and on its way here.
            subscriber.IsDue = true;
            _due.Add(subscriber);
        }
    }

    private void EndDue()
    {
        for (var i = _due.Count - 1; i >= 0; i--)
        {
            var subscriber = _due[i];
            if (_position < subscriber.Reach && subscriber.State != SubscriberState.Gone) continue;
            _due.RemoveAt(i);
            subscriber.IsDue = false;
            EndIfAnswered(subscriber);
        }
    }

    /// <summary>Ends some of the streams; said again until none is left.</summary>
    private void Drain()
    {
        _draining = true;
        var least = Math.Max(0, _subscribers.Count - _settings.DrainedAtOnce);
        for (var i = _subscribers.Count - 1; i >= least; i--) End(_subscribers[i], DisconnectReason.Draining);
    }

    private void EndAll()
    {
        for (var i = _subscribers.Count - 1; i >= 0; i--)
        {
            if (_subscribers[i] is { Written: 0, State: not SubscriberState.Parked } whole) End(whole, DisconnectReason.Lifetime);
        }
    }

    private void Sweep(StreamSweep sweep)
    {
        var ended = 0;
        try
        {
            for (var i = _subscribers.Count - 1; i >= 0; i--)
            {
                if (_subscribers[i].Owner is not { } owner || !sweep.Chooses(owner)) continue;
                End(_subscribers[i], sweep.Reason);
                ended++;
            }
        }
        finally
        {
            sweep.Done(ended);
        }
    }

    // Between two events, and not while its socket is full: it has waited long enough for what it gets then.
    private bool IsOver(Subscriber subscriber) =>
        subscriber.Written == 0 && subscriber.State != SubscriberState.Parked
        && (subscriber.IsLeaving || (subscriber.Lifetime != Timeout.InfiniteTimeSpan && _settings.Time.GetElapsedTime(subscriber.OpenedAt, _now) >= subscriber.Lifetime));

    private void End(Subscriber subscriber, DisconnectReason reason)
    {
        if (subscriber.State == SubscriberState.Gone || subscriber.Ending is not null) return;
        if (subscriber.State == SubscriberState.Parked)
        {
            subscriber.Ending = reason;
            subscriber.Output.CancelFlush();
            return;
        }
        // What was written last, such as after how long to come back, goes first.
        if (subscriber.Output.Unflushed > 0 && reason != DisconnectReason.ClientGone)
        {
            Flush(subscriber);
            if (subscriber.State == SubscriberState.Parked)
            {
                // Who leaves between two events does so when they are taken.
                if (!subscriber.IsLeaving) End(subscriber, reason);
                return;
            }
        }
        Finish(subscriber, reason, atBoundary: subscriber.Written == 0);
    }

    private void Finish(Subscriber subscriber, DisconnectReason reason, bool atBoundary)
    {
        if (subscriber.State == SubscriberState.Gone) return;
        var next = NextOf(subscriber);
        subscriber.State = SubscriberState.Gone;
        _routes.Remove(subscriber);
        var last = _subscribers[^1];
        _subscribers[subscriber.Index] = last;
        last.Index = subscriber.Index;
        _subscribers.RemoveAt(_subscribers.Count - 1);
        subscriber.Complete(new(reason, atBoundary, next));
    }
}
