using System.Globalization;
using System.Text.RegularExpressions;

namespace Fonte.Server;

/// <summary>A setting of the wrong kind, for those who do not know .NET's types.</summary>
internal static partial class WrongValue
{
    internal static string Describe(InvalidOperationException exception)
    {
        var message = BinderMessage().Match(exception.Message);
        if (!message.Success) return exception.Message;
        return $"{message.Groups["key"].Value}: '{message.Groups["value"].Value}' {Rule(message.Groups["type"].Value)}";
    }

    private static string Rule(string type) => type switch
    {
        "System.Int32" => string.Create(CultureInfo.InvariantCulture, $"is not a whole number up to {int.MaxValue}."),
        "System.Int64" => string.Create(CultureInfo.InvariantCulture, $"is not a whole number up to {long.MaxValue}."),
        "System.Boolean" => "is neither true nor false.",
        "System.TimeSpan" => "is not a duration; write it like 00:00:15.",
        "Fonte.SqliteSynchronous" => "must be Full or Normal.",
        _ => "is not a value for it.",
    };

    // The binder gives these only as text (ConfigurationBinder, Error_FailedBinding).
    [GeneratedRegex("^Failed to convert configuration value '(?<value>.*)' at '(?<key>[^']*)' to type '(?<type>[^']*)'", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex BinderMessage();
}
