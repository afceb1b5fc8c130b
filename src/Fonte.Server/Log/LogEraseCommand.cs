using System.CommandLine;
using System.Globalization;

namespace Fonte.Server;

/// <summary><c>fonte log erase</c>: deletes the history of a topic.</summary>
internal static class LogEraseCommand
{
    internal static Command Create()
    {
        var data = LogFolder.Option();
        var topic = new Option<string>("--topic", "-t") { Description = "The topic whose events are erased.", Required = true };
        topic.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value is "" or "*")) result.AddError("--topic: Name the topic; there is no pattern here.");
        });
        var yes = new Option<bool>("--yes", "-y") { Description = "Does not ask first." };
        var command = new Command("erase", "Erases the events of a topic for good, by the live server or without one.") { data, topic, yes };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (folder, name) = (parsed.GetValue(data)!, parsed.GetValue(topic)!);
            if (!parsed.GetValue(yes) && !await ConfirmAsync(folder, name, cancellationToken).ConfigureAwait(false)) return FonteCommand.Failed;
            return await LogCall.RunAsync(async () =>
            {
                var erased = await LogErasure.EraseAsync(folder, name, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                StandardOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{erased:#,0} events erased"));
                return 0;
            }, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<bool> ConfirmAsync(string folder, string topic, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected || Console.IsErrorRedirected) throw new CommandException("Erasing cannot be undone; say --yes.", FonteCommand.CannotStart);
        await Console.Error.WriteAsync($"Erase every event of the topic '{topic}' in {folder}? This cannot be undone. [y/N] ").ConfigureAwait(false);
        // A read that has begun cannot be cancelled; at Ctrl-C it is left behind.
        var answer = await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        return answer?.Trim() is "y" or "Y" or "yes";
    }
}
