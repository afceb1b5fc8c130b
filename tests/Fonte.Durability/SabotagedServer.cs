namespace Fonte.Durability;

/// <summary>The real hub over a log that acknowledges before it commits: the checker must find what it loses.</summary>
internal static class SabotagedServer
{
    public static Task<int> RunAsync(Arguments arguments) =>
        throw new CheckerException($"The sabotaged server on {arguments.Text("--urls")} needs the hub, which this build does not hold.");
}
