namespace Fonte.Browser.Tests.Demo;

/// <summary>Where things lie: the tests run from artifacts/bin/Fonte.Browser.Tests/&lt;configuration&gt;.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Samples { get; } = Path.Combine(Root, "samples");

    /// <summary>The demo as built beside these tests, in the same configuration.</summary>
    public static string DemoAssembly { get; } = Path.Combine(
        Root, "artifacts", "bin", "Demo", new DirectoryInfo(AppContext.BaseDirectory).Name, "Fonte.Samples.Demo.dll");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "global.json")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No global.json above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }
}
