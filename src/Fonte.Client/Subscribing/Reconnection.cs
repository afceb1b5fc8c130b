namespace Fonte.Client;

/// <summary>A reconnection about to be waited for.</summary>
/// <param name="Attempt">1 for the first reconnection after a successful event stream, then counting up.</param>
/// <param name="Delay">How long the client will wait before it connects.</param>
/// <param name="LastEventId">The last event ID it will resume from; empty when there is none.</param>
/// <param name="Reason">One sentence: how the event stream ended, or why it could not be opened.</param>
public sealed record Reconnection(int Attempt, TimeSpan Delay, string LastEventId, string Reason);
