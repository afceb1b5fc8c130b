using System.CommandLine;

namespace Fonte.Server;

/// <summary><c>fonte log</c>: the tools for a log.</summary>
internal static class LogCommand
{
    internal static Command Create() => new("log", "Looks at a log, checks it, copies it, or erases a topic from it; beside a live server too.")
    {
        LogInfoCommand.Create(),
        LogVerifyCommand.Create(),
        LogExportCommand.Create(),
        LogImportCommand.Create(),
        LogBackupCommand.Create(),
        LogEraseCommand.Create(),
    };
}
