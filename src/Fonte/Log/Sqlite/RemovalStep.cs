namespace Fonte;

/// <summary>As much of a removal as goes into one commit.</summary>
/// <param name="removal">The whole.</param>
/// <param name="most">How many events may go in this step.</param>
/// <param name="next">The log's next offset after the commit.</param>
internal sealed class RemovalStep(Removal removal, int most, long next)
{
    private int _removed;
    private bool _isLast = true;

    /// <summary>Runs inside the transaction of the commit.</summary>
    internal void Run(SqliteLogWriter writer)
    {
        if (removal.IsErasure) writer.Overwrite(true);
        writer.KeepNext(next);
        foreach (var (topic, to) in removal.Topics) writer.Mark(topic, to);
        if (removal.Rule is var (pattern, below)) writer.MarkRule(pattern, below);
        foreach (var offset in removal.Offsets) _removed += writer.Drop(offset);
        if (removal.Below > 0)
        {
            var dropped = writer.DropBelow(removal.Below, most);
            _removed += dropped;
            _isLast = dropped < most;
            if (_isLast) writer.ForgetMarks(removal.Below);
        }
        if (removal.ErasedTopic is { } erased) writer.AnswerErasure(erased, removal.ErasedCount);
        if (removal.IsErasure) writer.Overwrite(false);
    }

    /// <summary>The commit is durable. True when the removal is over.</summary>
    internal bool Done()
    {
        removal.Removed += _removed;
        return _isLast;
    }
}
