using System.CommandLine;
using System.Globalization;
using Fonte.Client;

namespace Fonte.Server;

/// <summary><c>fonte kick</c> and <c>fonte revoke</c>: how many event streams were ended, on the standard output.</summary>
internal static class ControlCommands
{
    internal static Command Kick()
    {
        var options = new Options();
        var subscriber = new Option<string?>("--subscriber") { Description = "One stream, by its identifier in the active subscriptions." };
        var command = new Command("kick", "Ends event streams, whose subscribers may come back, and prints how many. Needs a token that grants publishing to /.well-known/mercure/kicks by that name.")
        {
            options.Url, options.Subject, options.TokenId, subscriber, options.Issuer, options.Token,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, parsed.GetValue(subscriber), (client, whose) => client.KickAsync(whose, cancellationToken), cancellationToken));
        return command;
    }

    internal static Command Revoke()
    {
        var options = new Options();
        var expires = new Option<DateTimeOffset?>("--expires") { Description = "When all these tokens will have ended by themselves, such as 2030-01-01T00:00:00Z, so that the revocation may be forgotten. Default: never", CustomParser = Times.Parse };
        var command = new Command("revoke", "Takes access tokens back, ends their event streams and prints how many. Needs a token that grants publishing to /.well-known/mercure/revocations by that name.")
        {
            options.Url, options.Subject, options.TokenId, options.Issuer, expires, options.Token,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, null, (client, whose) => client.RevokeAsync(whose, parsed.GetValue(expires), cancellationToken), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Options options, ParseResult parsed, string? subscriber, Func<FonteClient, StreamSelector, Task<int>> call, CancellationToken cancellationToken)
    {
        var whose = new StreamSelector { Subject = parsed.GetValue(options.Subject), TokenId = parsed.GetValue(options.TokenId), Subscriber = subscriber, Issuer = parsed.GetValue(options.Issuer) };
        return await HubCall.RunAsync(parsed.GetValue(options.Url)!, parsed.GetValue(options.Token), async client =>
        {
            var streams = await call(client, whose).ConfigureAwait(false);
            await Console.Out.WriteLineAsync(streams.ToString(CultureInfo.InvariantCulture).AsMemory(), cancellationToken).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    private sealed class Options
    {
        internal Option<Uri> Url { get; } = HubAddress.Option();

        internal Option<string?> Subject { get; } = new("--subject") { Description = "All with tokens for this subject (sub), issued up to now." };

        internal Option<string?> TokenId { get; } = new("--token-id") { Description = "All with this token (jti)." };

        internal Option<string?> Issuer { get; } = new("--issuer") { Description = "Who issued the tokens. Default: the hub's only issuer" };

        internal Option<string?> Token { get; } = HubCall.TokenOption();
    }
}
