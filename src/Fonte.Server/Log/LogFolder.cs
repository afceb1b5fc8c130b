using System.CommandLine;

namespace Fonte.Server;

/// <summary>The option <c>--data</c> of the tools for a log.</summary>
internal static class LogFolder
{
    private const string Default = "fonte-data";

    internal static Option<string> Option()
    {
        var option = new Option<string>("--data") { Description = $"The folder of the log. Default: {Default}", DefaultValueFactory = _ => Default };
        option.RefuseNoFolder();
        return option;
    }

    internal static Option<string> Required(string name, string description)
    {
        var option = new Option<string>(name) { Description = description, Required = true };
        option.RefuseNoFolder();
        return option;
    }

    private static void RefuseNoFolder(this Option<string> option) => option.Validators.Add(result =>
    {
        if (result.Tokens.Any(token => token.Value is "" or ":memory:")) result.AddError($"{option.Name}: Give a folder; a log in memory ends with its server.");
    });
}
