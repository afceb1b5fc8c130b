using System.CommandLine;
using System.Globalization;

namespace Fonte.Server;

/// <summary><c>fonte log backup</c>: a copy of a log, while a server uses it too.</summary>
internal static class LogBackupCommand
{
    internal static Command Create()
    {
        var data = LogFolder.Option();
        var to = LogFolder.Required("--to", "The folder of the copy, without a log.");
        var command = new Command("backup", "Copies the log as it is now into another folder, while a server uses it too.") { data, to };
        command.SetAction((parsed, cancellationToken) => LogCall.RunAsync(() =>
        {
            using var bar = new ProgressBar();
            var isSound = true;
            var options = new LogToolOptions
            {
                Progress = bar,
                Damaged = damage =>
                {
                    isSound = false;
                    bar.Clear();
                    LogCall.TellDamage(damage);
                },
            };
            var copy = LogBackup.Copy(parsed.GetValue(data)!, parsed.GetValue(to)!, options, cancellationToken);
            bar.Clear();
            StandardOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{copy.Events:#,0} events copied, all before offset {copy.NextOffset}; the copy goes on with epoch {copy.Epoch}"));
            return LogCall.ExitCode(isSound);
        }, cancellationToken));
        return command;
    }
}
