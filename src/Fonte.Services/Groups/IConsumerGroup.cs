namespace Fonte.Services;

/// <summary>What a service receives, shared by all its instances: each event at least once, those of one key in order, by one instance at a time.</summary>
public interface IConsumerGroup : IAsyncDisposable
{
    /// <summary>Gives events one after the other; the next when the last one was acknowledged or has failed. Waits while another instance is the active one.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ConsumerGroupException">The group cannot be used now; begin again after a while.</exception>
    IAsyncEnumerable<Delivery> ReceiveAsync(CancellationToken cancellationToken);
}

/// <summary>A consumer group cannot be used now, or another instance has become the active one. The message is a sentence.</summary>
public sealed class ConsumerGroupException : Exception
{
    /// <summary>Makes one with its sentence.</summary>
    public ConsumerGroupException(string message) : base(message) { }

    /// <summary>Makes one with its sentence and its cause.</summary>
    public ConsumerGroupException(string message, Exception? innerException) : base(message, innerException) { }
}
