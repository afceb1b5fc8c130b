using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Fonte.Samples.Demo;

/// <summary>Says in one sentence why the demo could not start.</summary>
internal static class StartupFailure
{
    /// <summary>The sentence, or null for a failure that is not the user's to mend.</summary>
    public static string? Explain(Exception exception, DemoOptions options) => exception switch
    {
        LogUnavailableException => exception.Message,
        OptionsValidationException wrong => string.Join(' ', wrong.Failures),
        IOException { InnerException: AddressInUseException } =>
            $"The address {options.Urls} is already in use: stop the program that uses it, or choose another with --urls.",
        SocketException or IOException { InnerException: SocketException } => $"The demo cannot listen on {options.Urls}: {exception.Message}",
        _ => null,
    };
}
