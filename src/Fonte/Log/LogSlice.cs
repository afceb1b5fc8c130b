namespace Fonte;

/// <summary>A run of consecutive events: everything of the topics asked for that the log holds from one offset up to another.</summary>
/// <param name="From">Where the run begins: the offset asked for, or a higher one when what lay between is no longer kept.</param>
/// <param name="Next">Where to read on: every kept event in [<paramref name="From"/>, <paramref name="Next"/>) is in the run.</param>
/// <param name="Events">In order of offset.</param>
public readonly record struct LogSlice(long From, long Next, IReadOnlyList<LoggedEvent> Events);
