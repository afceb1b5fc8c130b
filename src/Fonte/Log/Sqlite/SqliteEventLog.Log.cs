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

        [LoggerMessage(4, LogLevel.Warning, "The disk of the log {File} has too little room for the ballast; when it is full, retention may not be able to work")]
        internal static partial void NoBallast(ILogger logger, string file);

        [LoggerMessage(5, LogLevel.Error, "The upkeep of the log {File} failed; it starts again in {Backoff} ms")]
        internal static partial void UpkeepFailed(ILogger logger, string file, double backoff, Exception cause);

        [LoggerMessage(6, LogLevel.Information, "Log {File}: {Count} events of a topic erased on demand")]
        internal static partial void Erased(ILogger logger, string file, long count);

        [LoggerMessage(3, LogLevel.Information, "Log {File} can be written again; the next offset is {Next}")]
        internal static partial void Recovered(ILogger logger, string file, long next);
    }
}
