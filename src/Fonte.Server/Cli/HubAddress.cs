using System.CommandLine;
using System.CommandLine.Parsing;

namespace Fonte.Server;

/// <summary>The option <c>--url</c>: where the hub is. An address without a path means the hub's usual path there.</summary>
internal static class HubAddress
{
    private const string Default = "http://127.0.0.1:8000";

    internal static Option<Uri> Option() => new("--url")
    {
        Description = $"The hub. Default: {Default}",
        DefaultValueFactory = _ => Complete(new Uri(Default)),
        CustomParser = Parse,
    };

    private static Uri? Parse(ArgumentResult result)
    {
        if (Uri.TryCreate(OptionErrors.Text(result), UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return Complete(url);
        result.Refuse($"is not the address of a hub; write it like {Default}.");
        return null;
    }

    private static Uri Complete(Uri url) => url.AbsolutePath == "/" ? new Uri(url, FonteEndpointRouteBuilderExtensions.HubPath) : url;
}
