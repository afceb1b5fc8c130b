using System.CommandLine;
using System.CommandLine.Help;

namespace Fonte.Server;

/// <summary>The tool's commands. Exit codes: 0 done, 1 failed while working, 2 called wrongly or cannot start.</summary>
internal static class FonteCommand
{
    internal const int Failed = 1;
    internal const int CannotStart = 2;

    // The library's own 2 s would end the process, with 143, before the server's requests have ended.
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(10);

    internal static async Task<int> RunAsync(string[] args)
    {
        // Not a RootCommand, which would take its name from the assembly.
        var root = new Command("fonte", "A server-push hub: events in over HTTP, kept in a durable log, out over Server-Sent Events.")
        {
            new HelpOption(),
            new VersionOption(),
            ServeCommand.Create(),
            PublishCommand.Create(),
            SubscribeCommand.Create(),
            TokenCommand.Create(),
            ControlCommands.Kick(),
            ControlCommands.Revoke(),
            MatchCommand.Create(),
            LogCommand.Create(),
            BenchCommand.Create(),
        };
        var parsed = root.Parse(Normalize(args));
        if (parsed.UnmatchedTokens.Count > 0) return await RefuseAsync($"'{parsed.UnmatchedTokens[0]}' is not a command or option here; see 'fonte help'.").ConfigureAwait(false);
        if (parsed.Errors.Count > 0) return await RefuseAsync(parsed.Errors[0].Message).ConfigureAwait(false);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TerminationTimeout,
            }).ConfigureAwait(false);
        }
        catch (CommandException exception)
        {
            await Console.Error.WriteLineAsync($"fonte: {exception.Message}").ConfigureAwait(false);
            return exception.ExitCode;
        }
        catch (Exception exception)
        {
            // A defect of ours; an unhandled exception would end the process with a stack trace and a core dump.
            await Console.Error.WriteLineAsync($"fonte: Something unexpected happened ({exception.GetType().Name}): {exception.Message}").ConfigureAwait(false);
            return Failed;
        }
    }

    // A newcomer types "help", or nothing.
    private static string[] Normalize(string[] args) => args is [] or ["help"] ? ["--help"] : args is ["help", .. var rest] ? [.. rest, "--help"] : args;

    private static async Task<int> RefuseAsync(string sentence)
    {
        await Console.Error.WriteLineAsync($"fonte: {sentence}").ConfigureAwait(false);
        return CannotStart;
    }
}

/// <summary>Ends a command with a sentence for the terminal.</summary>
internal sealed class CommandException(string message, int exitCode) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;
}
