namespace Fonte.Server;

/// <summary>A tool's work with a log: it blocks, its failures become one sentence, and its damages one line each.</summary>
internal static class LogCall
{
    internal static Task<int> RunAsync(Func<int> work, CancellationToken cancellationToken) => RunAsync(() => Task.FromResult(work()), cancellationToken);

    internal static async Task<int> RunAsync(Func<Task<int>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(work, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new CommandException("Interrupted; what had begun to be erased may go on, anything else is as it was.", FonteCommand.Failed);
        }
        catch (LogUnavailableException exception)
        {
            throw new CommandException(exception.Message, FonteCommand.CannotStart);
        }
        catch (Exception exception) when (exception is LogDamagedException or LogImportException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(exception.Message, FonteCommand.Failed);
        }
    }

    internal static void TellDamage(LogDamage damage) => Console.Error.WriteLine($"fonte: {damage.Sentence}");

    /// <summary>The exit code of a tool that goes on behind damage.</summary>
    internal static int ExitCode(bool isSound) => isSound ? 0 : FonteCommand.Failed;
}
