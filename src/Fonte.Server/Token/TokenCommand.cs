using System.CommandLine;
using Fonte.AspNetCore;

namespace Fonte.Server;

/// <summary><c>fonte token</c>: an access token signed with a key of one's own, on the standard output.</summary>
internal static class TokenCommand
{
    // The server's own, so that in its environment nothing needs to be given.
    private const string SecretVariable = "FONTE__ISSUERS__0__SECRET";
    private const string IssuerVariable = "FONTE__ISSUERS__0__ISSUER";
    private const string ResourceVariable = "FONTE__RESOURCE";
    private const string DefaultAudience = "http://127.0.0.1:8000" + EventRules.HubPath;

    internal static Command Create()
    {
        var publish = Topics("--publish", "A topic to publish to; * for every topic. May be given more than once.");
        var publishPattern = Topics("--publish-urlpattern", "A URL Pattern of topics to publish to.");
        var subscribe = Topics("--subscribe", "A topic to receive private events of; * for every topic. May be given more than once.");
        var subscribePattern = Topics("--subscribe-urlpattern", "A URL Pattern of topics to receive private events of.");
        var ttl = new Option<TimeSpan?>("--ttl") { Description = "How long the token is valid, such as 15m. Default: 1h", CustomParser = Durations.Parse };
        var issuer = new Option<string?>("--issuer") { Description = $"Who issues it, as the hub knows it. Default: {IssuerVariable} of the environment" };
        var audience = new Option<string?>("--audience") { Description = $"The hub it is for. Default: {ResourceVariable} of the environment, or {DefaultAudience}" };
        var subject = new Option<string?>("--subject") { Description = "Whom it is for. Default: a random one" };
        var payload = new Option<string?>("--payload") { Description = "A JSON object that is told with the subscriptions of this token." };
        var keyFile = new Option<string?>("--key-file") { Description = $"A file with the private key, in PEM or as a JWK. Default: the secret {SecretVariable} of the environment" };
        var command = new Command("token", "Issues an access token and prints it.") { publish, publishPattern, subscribe, subscribePattern, ttl, issuer, audience, subject, payload, keyFile };
        command.SetAction((parsed, _) =>
        {
            var grant = new AccessTokenGrant
            {
                Publish = [.. Granted(parsed.GetValue(publish), false), .. Granted(parsed.GetValue(publishPattern), true)],
                Subscribe = [.. Granted(parsed.GetValue(subscribe), false), .. Granted(parsed.GetValue(subscribePattern), true)],
                Lifetime = parsed.GetValue(ttl) ?? TimeSpan.FromHours(1),
                Subject = parsed.GetValue(subject),
                Payload = parsed.GetValue(payload),
            };
            if (grant.Publish.Count + grant.Subscribe.Count == 0) throw Wrong("A token must grant something; give --publish or --subscribe.");
            var by = parsed.GetValue(issuer) ?? Environment.GetEnvironmentVariable(IssuerVariable);
            if (string.IsNullOrEmpty(by)) throw Wrong($"Who issues the token is not known; give --issuer, or {IssuerVariable} in the environment.");
            var to = parsed.GetValue(audience) ?? Environment.GetEnvironmentVariable(ResourceVariable) ?? DefaultAudience;
            Console.Out.WriteLine(Issue(grant, by, to, parsed.GetValue(keyFile)));
            return Task.FromResult(0);
        });
        return command;
    }

    private static Option<string[]> Topics(string name, string description)
    {
        var option = new Option<string[]>(name) { Description = description };
        option.RefuseEmpty($"{name} must not be empty.");
        return option;
    }

    private static IEnumerable<GrantedTopic> Granted(string[]? topics, bool isPattern) => (topics ?? []).Select(topic => new GrantedTopic(topic, isPattern));

    private static string Issue(AccessTokenGrant grant, string issuer, string audience, string? keyFile)
    {
        try
        {
            if (keyFile is not null) return AccessTokenIssuer.FromKeyFile(issuer, audience, keyFile).Issue(grant);
            var secret = Environment.GetEnvironmentVariable(SecretVariable);
            if (string.IsNullOrEmpty(secret)) throw Wrong($"There is no key to sign with; give --key-file, or {SecretVariable} in the environment.");
            return AccessTokenIssuer.FromSecret(issuer, audience, secret).Issue(grant);
        }
        catch (FormatException exception)
        {
            throw Wrong($"The key file {keyFile} cannot be used. {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"The key file {keyFile} cannot be read: {exception.Message}");
        }
        catch (ArgumentException exception)
        {
            throw Wrong(exception.Message.Split(" (Parameter")[0]);
        }
    }

    private static CommandException Wrong(string sentence) => new(sentence, FonteCommand.CannotStart);
}
