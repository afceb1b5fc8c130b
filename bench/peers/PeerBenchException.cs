namespace Fonte.PeerBench;

/// <summary>Something cannot be measured; the message is a sentence.</summary>
internal sealed class PeerBenchException(string message) : Exception(message);
