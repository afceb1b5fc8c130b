using System.CommandLine;
using System.Globalization;

namespace Fonte.Server;

/// <summary><c>fonte log verify</c>: 0 when the log is sound, 1 when it is damaged, 2 when it cannot be opened.</summary>
internal static class LogVerifyCommand
{
    internal static Command Create()
    {
        var data = LogFolder.Option();
        var command = new Command("verify", "Finds damage and says where; ends with 1 when there is any, with 2 when there is no log to open.") { data };
        command.SetAction((parsed, cancellationToken) => LogCall.RunAsync(() =>
        {
            var folder = parsed.GetValue(data)!;
            using var bar = new ProgressBar();
            var verified = LogVerifier.Verify(folder, new() { Progress = bar, Damaged = Tell }, cancellationToken);
            bar.Clear();
            var verdict = verified.IsSound ? "sound" : "damaged";
            StandardOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verdict}: {verified.Events:#,0} events are as they were written, {verified.Damages:#,0} damages"));
            if (!verified.StructureChecked)
                Console.Error.WriteLine("fonte: The structure of the database was not checked to its end, because that would hinder the server; verify a backup, or stop the server.");
            return LogCall.ExitCode(verified.IsSound);

            void Tell(LogDamage damage)
            {
                bar.Clear();
                LogCall.TellDamage(damage);
            }
        }, cancellationToken));
        return command;
    }
}
