using System.CommandLine;
using Fonte.Client;

namespace Fonte.Server;

/// <summary>A command's work with a hub: its failures become one sentence, and Ctrl-C is a good end.</summary>
internal static class HubCall
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private const string TokenVariable = "FONTE_TOKEN";

    /// <summary>The option <c>--token</c>.</summary>
    internal static Option<string?> TokenOption() => new("--token") { Description = $"An access token, as 'fonte token' makes it. Default: {TokenVariable} of the environment, where others do not see it" };

    /// <summary>The token that was given, or that of the environment; or <see langword="null"/>.</summary>
    internal static string? TokenOf(string? given) => (given ?? Environment.GetEnvironmentVariable(TokenVariable))?.Trim() is { Length: > 0 } token ? token : null;

    internal static async Task<int> RunAsync(Uri hub, string? token, Func<FonteClient, Task> work, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        if (TokenOf(token) is { } given) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {given}");
        // For the response's headers only, which is how the client asks; in a stream it watches for silence by itself.
        http.Timeout = Timeout;
        var client = new FonteClient(http, new FonteClientOptions
        {
            HubUrl = hub,
            Reconnecting = lost => Console.Error.WriteLine($"fonte: {lost.Reason} Trying again in {lost.Delay.TotalSeconds:0.0} s."),
        });
        try
        {
            await work(client).ConfigureAwait(false);
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (FonteClientException exception) when (exception.InnerException is OperationCanceledException)
        {
            throw new CommandException($"The hub at {hub} gave no answer within {Timeout.TotalSeconds:0} s; whether the event was published is not known.", FonteCommand.Failed);
        }
        catch (ArgumentException exception)
        {
            // Which parameter of ours it was says nothing to the one who typed the command.
            throw new CommandException(exception.Message.Split(" (Parameter '", 2)[0], FonteCommand.CannotStart);
        }
        catch (Exception exception) when (exception is FonteClientException or HttpRequestException)
        {
            throw new CommandException(exception.Message, FonteCommand.Failed);
        }
    }
}
