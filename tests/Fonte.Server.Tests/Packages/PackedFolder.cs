using System.IO.Compression;
using System.Xml.Linq;
using Xunit;

namespace Fonte.Server.Tests.Packages;

/// <summary>What <c>./run pack</c> makes, once for all tests, and a folder in which NuGet unpacks it: the machine's own would keep a package of this version for ever.</summary>
public sealed class PackedFolder : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal string Packages => _folder.File("packages");

    internal IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["NUGET_PACKAGES"] = _folder.File("unpacked"),
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        // What outlives its command would keep the output open for which the test waits.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
    };

    internal string[] Names => [.. Directory.GetFiles(Packages, "*.nupkg").Select(file => Path.GetFileName(file)!).Order()];

    public async ValueTask InitializeAsync()
    {
        var environment = Environment.Where(setting => setting.Key != "NUGET_PACKAGES").ToDictionary();
        await RunAsync(Path.Combine(Tool.SourceRoot(), "run"), ["pack", Packages], environment);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static string Version() =>
        XDocument.Load(Path.Combine(Tool.SourceRoot(), "Directory.Build.props")).Descendants("Version").Single().Value;

    internal async Task<string> TextAsync(string package, string file)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(Packages, $"{package}.{Version()}.nupkg"));
        using var reader = new StreamReader(archive.GetEntry(file)!.Open());
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    internal static async Task<string> RunAsync(string file, string[] arguments, IReadOnlyDictionary<string, string> environment, string? folder = null)
    {
        await using var tool = Tool.StartFile(file, arguments, environment, folder);
        var ended = await tool.EndAsync();
        Assert.True(ended.ExitCode == 0, $"{file} {string.Join(' ', arguments)}: {ended.Output} {ended.Errors}");
        return ended.Output;
    }
}
