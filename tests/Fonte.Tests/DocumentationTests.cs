using System.Text.RegularExpressions;
using Xunit;

namespace Fonte.Tests;

/// <summary>What the pages of the documentation point to is there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Folders = ["", "docs", "docs/adr", "samples", "bench"];

    public static TheoryData<string> Pages =>
        [.. Folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Root(), folder), "*.md")).Append(Path.Combine(Root(), "llms.txt")).Select(file => Path.GetRelativePath(Root(), file))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Relative_links_lead_to_files_and_headings_that_exist(string page)
    {
        var file = Path.Combine(Root(), page);
        var broken = Links(Text(file)).Where(link => !Leads(file, link));
        Assert.True(!broken.Any(), $"{page} points to {string.Join(", ", broken)}, which is not there.");
    }

    [Fact]
    public void Both_readmes_point_to_the_same_pages()
    {
        string[] translated = ["README.md", "README.pt-BR.md"];
        var (english, portuguese) = (LinksOf("README.md"), LinksOf("README.pt-BR.md"));
        Assert.Equal(english, portuguese);

        HashSet<string> LinksOf(string name) => [.. Links(Text(Path.Combine(Root(), name))).Except(translated)];
    }

    [Fact]
    public void Llms_txt_points_to_every_page_for_users()
    {
        var links = Links(Text(Path.Combine(Root(), "llms.txt"))).ToHashSet();
        Assert.All(Directory.GetFiles(Path.Combine(Root(), "docs"), "*.md").Select(file => "docs/" + Path.GetFileName(file)), page => Assert.Contains(page, links));
    }

    private static bool Leads(string from, string link)
    {
        var (path, heading) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, null);
        var target = path.Length == 0 ? from : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, path));
        if (!File.Exists(target) && !Directory.Exists(target)) return false;
        return heading is null || Headings(File.ReadAllText(target)).Contains(heading);
    }

    private static IEnumerable<string> Links(string text) =>
        Link().Matches(text).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith("mailto:", StringComparison.Ordinal));

    // As GitHub makes them: in lower case, spaces as hyphens, and no other marks.
    private static HashSet<string> Headings(string text) =>
        [.. Heading().Matches(text).Select(match => Marks().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    // What stands in a block of code is no link.
    private static string Text(string file) => Code().Replace(File.ReadAllText(file), "");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Fonte.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\- _]")]
    private static partial Regex Marks();

    [GeneratedRegex("^```.*?^```|`[^`\n]+`(?!\\])", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();
}
