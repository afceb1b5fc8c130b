namespace Fonte.Durability;

/// <summary>The check cannot start or cannot go on; the message is a sentence.</summary>
internal sealed class CheckerException(string message) : Exception(message);
