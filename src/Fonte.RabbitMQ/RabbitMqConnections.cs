using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Fonte.RabbitMQ;

/// <summary>Connections to the brokers of one cluster, and why there is none.</summary>
/// <param name="urls">The brokers; user, password and virtual host are those of the first.</param>
/// <param name="name">What is wanted there, for sentences.</param>
internal sealed class RabbitMqConnections(IReadOnlyList<Uri> urls, string name)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    internal string Name => $"{name} at {string.Join(", ", urls.Select(url => $"{url.Host}:{PortOf(url)}"))}";

    internal Task<IConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = urls[0],
            ClientProvidedName = "fonte",
            RequestedHeartbeat = Heartbeat,
            // It would subscribe again at the first offset, and all would come twice.
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
        };
        // Tried in an order that is another each time.
        return factory.CreateConnectionAsync(urls.Select(url => new AmqpTcpEndpoint(url.Host, PortOf(url), new SslOption(url.Host, enabled: url.Scheme == "amqps"))), cancellationToken);
    }

    /// <summary>Closes a connection, and does not wait for long: while a queue does not answer the client was seen to take 25 s.</summary>
    internal static async Task CloseAsync(IConnection? connection)
    {
        if (connection is null) return;
        try
        {
            await CloseToTheEndAsync(connection).WaitAsync(CloseTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It goes on.
        }
    }

    private static async Task CloseToTheEndAsync(IConnection connection)
    {
        try
        {
            await connection.AbortAsync(CloseTimeout).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It is of no use any more, in whatever way it fails to end.
        }
    }

    /// <summary>What a failure of the client says, in a sentence, and whether nothing can have been sent.</summary>
    internal (string Sentence, bool NothingWasSent) Describe(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationFailureException: return ($"{Name} refuses the user or the password.", true);
                case OperationInterruptedException { ShutdownReason: { } reason }: return ($"{Name} refuses: {reason.ReplyText}", false);
            }
        }
        return ($"{Name} cannot be reached: {FirstLine(exception.GetBaseException().Message)}", true);
    }

    // The client puts whole stack traces into its messages.
    internal static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? text[..end].TrimEnd() : text;

    private static int PortOf(Uri url) => url.Port > 0 ? url.Port : url.Scheme == "amqps" ? 5671 : 5672;
}
