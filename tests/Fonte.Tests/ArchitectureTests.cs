using System.Xml.Linq;
using Xunit;

namespace Fonte.Tests;

/// <summary>References between projects point one way.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Fonte"] = [],
        ["Fonte.AspNetCore"] = ["Fonte"],
        ["Fonte.Dashboard"] = ["Fonte.AspNetCore"],
        ["Fonte.Client"] = [],
        ["Fonte.Bench"] = [],
        ["Fonte.Kafka"] = ["Fonte"],
        ["Fonte.RabbitMQ"] = ["Fonte"],
        ["Fonte.Services"] = ["Fonte.Client"],
        ["Fonte.Services.Kafka"] = ["Fonte.Kafka", "Fonte.Services"],
        ["Fonte.Services.RabbitMQ"] = ["Fonte.RabbitMQ", "Fonte.Services"],
        ["Fonte.Server"] = ["Fonte.AspNetCore", "Fonte.Client", "Fonte.Bench", "Fonte.Dashboard", "Fonte.Kafka", "Fonte.RabbitMQ"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Root(), "src")).Select(folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_references_only_what_it_may(string project) => Assert.All(ReferencesOf("src", project), reference => Assert.Contains(reference, Allowed[project]));

    [Fact]
    public void Core_needs_no_aspnet()
    {
        var file = XDocument.Load(Path.Combine(Root(), "src", "Fonte", "Fonte.csproj"));
        Assert.Empty(file.Descendants("FrameworkReference"));
        Assert.DoesNotContain("Web", (string)file.Root!.Attribute("Sdk")!, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_see_nothing_internal()
    {
        var friends = Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(file => XDocument.Load(file).Descendants("InternalsVisibleTo").Select(friend => (string)friend.Attribute("Include")!));
        Assert.DoesNotContain(friends, friend => friend.StartsWith("Fonte.Samples", StringComparison.Ordinal));
    }

    private static IEnumerable<string> ReferencesOf(string folder, string project) =>
        XDocument.Load(Path.Combine(Root(), folder, project, project + ".csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

    // By looking upwards, because a deterministic build knows no path of its sources.
    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Fonte.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }
}
