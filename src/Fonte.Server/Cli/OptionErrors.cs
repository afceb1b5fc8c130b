using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Fonte.Server;

/// <summary>Wrong values of options, told by the option's name.</summary>
internal static class OptionErrors
{
    internal static string Text(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    /// <summary>Refuses a value: <paramref name="rule"/> goes on after the quoted value.</summary>
    internal static void Refuse(this ArgumentResult result, string rule)
    {
        var option = result.Parent is OptionResult parent ? parent.Option.Name + ": " : "";
        result.AddError($"{option}'{Text(result)}' {rule}");
    }

    /// <summary>Refuses an empty text among the option's values.</summary>
    internal static void RefuseEmpty(this Option<string[]> option, string sentence) => option.Validators.Add(result =>
    {
        if (result.Tokens.Any(token => token.Value.Length == 0)) result.AddError($"{option.Name}: {sentence}");
    });

    /// <summary>A whole number from zero to a largest one.</summary>
    internal static Func<ArgumentResult, long> Whole(long most) => result =>
    {
        if (long.TryParse(Text(result), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most) return number;
        result.Refuse(string.Create(CultureInfo.InvariantCulture, $"is not a whole number from 0 to {most}."));
        return 0;
    };
}
