namespace Fonte.Samples.Demo;

internal static partial class DemoLog
{
    [LoggerMessage(1, LogLevel.Warning, "Development mode: whoever reaches this address, and any page open in a browser that does, may publish any event.")]
    public static partial void DevelopmentMode(ILogger logger);

    [LoggerMessage(2, LogLevel.Information, "{Limit}")]
    public static partial void Limit(ILogger logger, string limit);

    [LoggerMessage(3, LogLevel.Information, "Open {Address} in a browser")]
    public static partial void Open(ILogger logger, string address);
}
