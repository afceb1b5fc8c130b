using System.CommandLine;
using System.Globalization;

namespace Fonte.Server;

/// <summary><c>fonte log import</c>: a new log from lines of JSON.</summary>
internal static class LogImportCommand
{
    internal static Command Create()
    {
        var data = LogFolder.Required("--data", "The folder of the new log, without a log or with an empty one.");
        var input = new Option<string?>("--input", "-i") { Description = "The file. Default: the standard input" };
        var command = new Command("import", "Makes a log of lines of JSON, as export writes them; all of it or nothing.") { data, input };
        command.SetAction((parsed, cancellationToken) => LogCall.RunAsync(() =>
        {
            using var stream = Open(parsed.GetValue(input));
            using var bar = new ProgressBar();
            var options = new LogImportOptions { Progress = bar, InputBytes = stream.CanSeek ? stream.Length : 0 };
            var imported = LogImport.Read(parsed.GetValue(data)!, stream, options, cancellationToken);
            bar.Clear();
            StandardOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{imported.Events:#,0} events imported; the next offset is {imported.NextOffset}, of epoch {imported.Epoch}"));
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Stream Open(string? path)
    {
        if (path is null) return Console.OpenStandardInput();
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--input: {exception.Message}", FonteCommand.CannotStart);
        }
    }
}
