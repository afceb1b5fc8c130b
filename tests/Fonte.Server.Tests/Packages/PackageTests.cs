using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Fonte.Server.Tests.Packages;

/// <summary>The libraries and the tool as somebody gets them who does not have the sources.</summary>
public sealed partial class PackageTests(PackedFolder packed) : IClassFixture<PackedFolder>, IDisposable
{
    private static readonly string[] Libraries =
        ["Fonte", "Fonte.AspNetCore", "Fonte.Client", "Fonte.Kafka", "Fonte.RabbitMQ", "Fonte.Server", "Fonte.Services", "Fonte.Services.Kafka", "Fonte.Services.RabbitMQ"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Packages_are_the_projects_with_a_readme_and_say_what_they_are()
    {
        string[] projects = [.. Directory.GetFiles(Path.Combine(Tool.SourceRoot(), "src"), "README.md", SearchOption.AllDirectories).Select(file => Path.GetFileName(Path.GetDirectoryName(file)!))];
        Assert.Equal(projects.Select(project => $"{project}.{PackedFolder.Version()}.nupkg").Order(), packed.Names);
        Assert.All(Libraries, library => Assert.Contains(library, projects));
        foreach (var project in projects)
        {
            var metadata = XDocument.Parse(await packed.TextAsync(project, project + ".nuspec")).Root!.Elements().Single();
            Assert.Equal((PackedFolder.Version(), "MIT", "README.md"), (Value("version"), Value("license"), Value("readme")));
            Assert.All([Value("description"), Value("tags"), Value("authors"), await packed.TextAsync(project, "README.md")], Assert.NotEmpty);
            Assert.All(metadata.Descendants().Where(dependency => dependency.Name.LocalName == "dependency" && dependency.Attribute("id")!.Value.StartsWith("Fonte", StringComparison.Ordinal)),
                dependency => Assert.Equal(PackedFolder.Version(), dependency.Attribute("version")!.Value));
            Assert.True(File.Exists(Path.Combine(packed.Packages, $"{project}.{PackedFolder.Version()}.snupkg")), $"{project} has no symbols.");

            string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        }
    }

    [Fact]
    public async Task Tool_that_is_installed_from_the_folder_runs()
    {
        await PackedFolder.RunAsync("dotnet", ["tool", "install", "Fonte.Server", "--tool-path", _folder.Path, "--source", packed.Packages], packed.Environment, _folder.Path);
        var fonte = _folder.File("fonte");
        Assert.StartsWith(PackedFolder.Version(), await PackedFolder.RunAsync(fonte, ["--version"], packed.Environment), StringComparison.Ordinal);
        Assert.Contains("serve", await PackedFolder.RunAsync(fonte, ["help"], packed.Environment), StringComparison.Ordinal);

        // With its native libraries: the log is SQLite's.
        await using var server = Tool.StartFile(fonte, ["serve", "--dev", "--urls", "http://127.0.0.1:0", "--data", _folder.File("log")], packed.Environment);
        var line = await server.LineAsync("Now listening on: ");
        var hub = new Uri(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]), "/.well-known/mercure");
        Assert.StartsWith("urn:fonte:", await PackedFolder.RunAsync(fonte, ["publish", "--url", hub.ToString(), "-t", "a", "-d", "hi"], packed.Environment), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Application_of_the_readme_is_built_from_the_packages_and_streams()
    {
        var blocks = CSharp().Matches(await packed.TextAsync("Fonte.AspNetCore", "README.md")).Select(match => match.Groups[1].Value).ToList();
        Assert.Contains("app.Run();", blocks[0], StringComparison.Ordinal);
        await WriteAsync("Program.cs", blocks[0].Replace("app.Run();", blocks[1] + "app.Run();", StringComparison.Ordinal));
        await WriteAsync("Application.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><TreatWarningsAsErrors>true</TreatWarningsAsErrors></PropertyGroup>
              <ItemGroup><PackageReference Include="Fonte.AspNetCore" Version="{PackedFolder.Version()}" /></ItemGroup>
            </Project>
            """);
        // What the packages need is where this build has it from.
        await WriteAsync("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{packed.Packages}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="known" value="{KnownPackages()}" /></fallbackPackageFolders>
            </configuration>
            """);
        await PackedFolder.RunAsync("dotnet", ["build", "--output", _folder.File("built"), "--verbosity", "quiet"], packed.Environment, _folder.Path);

        await using var application = Tool.StartFile("dotnet", [_folder.File("built/Application.dll"), "--urls", "http://127.0.0.1:0"], packed.Environment, _folder.Path);
        var line = await application.LineAsync("Now listening on: ");
        using var http = new HttpClient { BaseAddress = new(line[line.IndexOf("http", StringComparison.Ordinal)..]) };
        using var stream = new StreamReader(await http.GetStreamAsync(new Uri("/orders/1/events", UriKind.Relative), Stop));
        Assert.StartsWith("retry: ", await stream.ReadLineAsync(Stop), StringComparison.Ordinal);
        using var paid = await http.PostAsync(new Uri("/orders/1/pay", UriKind.Relative), null, Stop);
        Assert.True(paid.IsSuccessStatusCode, paid.ToString());
        string? read;
        do read = await stream.ReadLineAsync(Stop);
        while (read is not (null or "data: paid"));
        Assert.Equal("data: paid", read);
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(_folder.File(name), text, Stop);

    private static string KnownPackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
