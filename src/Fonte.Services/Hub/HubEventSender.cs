using System.Net;
using System.Security.Cryptography;
using System.Text;
using Fonte.Client;

namespace Fonte.Services;

/// <summary>Sends a service's events to a hub, as private events whose topics are the key and the type.</summary>
/// <remarks>The idempotency key is made of source and ID: an event that is sent again is published once.</remarks>
/// <param name="client">The client; it should try again by itself, <see cref="FonteClientOptions.PublishRetryTime"/>.</param>
public sealed class HubEventSender(FonteClient client) : IEventSender
{
    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        try
        {
            await KeyedSending.SendAsync(events, outgoing => PublishAsync(outgoing, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is FonteClientException or HttpRequestException)
        {
            throw new ConsumerGroupException(exception.Message, exception);
        }
    }

    private async Task PublishAsync(OutboxEvent outgoing, CancellationToken cancellationToken)
    {
        try
        {
            await client.PublishAsync(Encode(outgoing), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ArgumentException or FonteClientException
            {
                StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity,
            })
        {
            throw new RefusedEventException(outgoing, exception.Message, exception);
        }
    }

    private static OutgoingEvent Encode(OutboxEvent outgoing) => new()
    {
        Topics = [outgoing.Key, outgoing.Type],
        Type = outgoing.Type,
        Data = Encoding.UTF8.GetString(outgoing.Envelope.Span),
        Private = true,
        IdempotencyKey = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{outgoing.Source}\n{outgoing.Id}"))),
    };
}
