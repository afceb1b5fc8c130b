using Microsoft.Extensions.Logging;

namespace Fonte;

/// <content>What the log tells the operator.</content>
public sealed partial class SqliteEventLog
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Log {File} open: epoch {Epoch}, events {Oldest} to before {Next}")]
        internal static partial void Opened(ILogger logger, string file, string epoch, long oldest, long next);

        [LoggerMessage(2, LogLevel.Error, "Log {File} cannot be written; publishing is refused until it can")]
        internal static partial void WriteFailed(ILogger logger, string file, Exception cause);

        [LoggerMessage(3, LogLevel.Information, "Log {File} can be written again; the next offset is {Next}")]
        internal static partial void Recovered(ILogger logger, string file, long next);
    }
}
