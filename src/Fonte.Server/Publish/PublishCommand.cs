using System.CommandLine;
using Fonte.Client;

namespace Fonte.Server;

/// <summary><c>fonte publish</c>: one event, and its ID on the standard output.</summary>
internal static class PublishCommand
{
    internal static Command Create()
    {
        var url = HubAddress.Option();
        var topics = new Option<string[]>("--topic", "-t") { Description = "What the event is about; the first is the canonical topic.", Required = true, Arity = ArgumentArity.OneOrMore };
        topics.RefuseEmpty("A topic must not be empty.");
        var data = new Option<string>("--data", "-d") { Description = "The content; - reads it from the standard input. Default: empty", DefaultValueFactory = _ => "" };
        var id = new Option<string?>("--id") { Description = "An event ID of your own. Default: the hub's" };
        var type = new Option<string?>("--type") { Description = "The event type. Default: none" };
        var retry = new Option<TimeSpan?>("--retry") { Description = "The reconnection time that subscribers take over, such as 5s.", CustomParser = Durations.Parse };
        var isPrivate = new Option<bool>("--private") { Description = "Only for subscribers granted one of the topics." };
        var key = new Option<string?>("--idempotency-key") { Description = "A name for this publication: repeated with the same key, it is published once." };
        var token = HubCall.TokenOption();
        var command = new Command("publish", "Publishes an event and prints its ID when it is durable.") { url, topics, data, id, type, retry, isPrivate, key, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            return await HubCall.RunAsync(parsed.GetValue(url)!, parsed.GetValue(token), async client =>
            {
                var content = parsed.GetValue(data)!;
                var outgoing = new OutgoingEvent
                {
                    Topics = parsed.GetValue(topics)!,
                    Data = content == "-" ? await StandardInput.ReadTextAsync(cancellationToken).ConfigureAwait(false) : content,
                    Id = parsed.GetValue(id),
                    Type = parsed.GetValue(type),
                    ReconnectionTime = parsed.GetValue(retry),
                    Private = parsed.GetValue(isPrivate),
                    IdempotencyKey = parsed.GetValue(key),
                };
                var published = await client.PublishAsync(outgoing, cancellationToken).ConfigureAwait(false);
                await Console.Out.WriteLineAsync(published.AsMemory(), cancellationToken).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
