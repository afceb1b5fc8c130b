using System.CommandLine;

namespace Fonte.Server;

/// <summary><c>fonte log export</c>: the log as lines of JSON.</summary>
internal static class LogExportCommand
{
    internal static Command Create()
    {
        var data = LogFolder.Option();
        var output = new Option<string?>("--output", "-o") { Description = "The file. Default: the standard output" };
        var topics = new Option<string[]>("--topic", "-t") { Description = "Only events of this topic; may be repeated. Default: every topic" };
        topics.RefuseEmpty("A topic must not be empty.");
        var from = new Option<long>("--from") { Description = "The first offset. Default: the oldest", CustomParser = OptionErrors.Whole(long.MaxValue) };
        var command = new Command("export", "Writes the events as lines of JSON, which import reads.") { data, output, topics, from };
        command.SetAction((parsed, cancellationToken) => LogCall.RunAsync(() =>
        {
            using var bar = new ProgressBar();
            var isSound = true;
            var options = new LogExportOptions
            {
                Topics = parsed.GetValue(topics) ?? [],
                From = parsed.GetValue(from),
                Progress = bar,
                Damaged = damage =>
                {
                    isSound = false;
                    bar.Clear();
                    LogCall.TellDamage(damage);
                },
            };
            try
            {
                using var target = ExportTarget.Open(parsed.GetValue(output));
                LogExport.Write(parsed.GetValue(data)!, target.Stream, options, cancellationToken);
                target.Keep();
            }
            catch (ReaderGoneException)
            {
                // As in "fonte log export | head".
            }
            return LogCall.ExitCode(isSound);
        }, cancellationToken));
        return command;
    }
}
