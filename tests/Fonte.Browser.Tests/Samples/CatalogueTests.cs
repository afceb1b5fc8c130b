using System.Text.Json;
using Fonte.Browser.Tests.Demo;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

public sealed class CatalogueTests
{
    public static TheoryData<string> Folders { get; } =
        [.. Directory.EnumerateDirectories(Repository.Samples, "i18n", SearchOption.AllDirectories).Select(folder => Path.GetRelativePath(Repository.Samples, folder)), "../src/Fonte.Dashboard/pages/i18n"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void English_and_Portuguese_have_the_same_keys_and_placeholders(string folder)
    {
        var english = Read(folder, "en.json");
        var portuguese = Read(folder, "pt-BR.json");

        Assert.NotEmpty(english);
        Assert.Equal(english.Keys.Order(), portuguese.Keys.Order());
        Assert.All(english, text => Assert.Equal(Placeholders(text.Value), Placeholders(portuguese[text.Key])));
        Assert.All(english.Values.Concat(portuguese.Values), text => Assert.False(string.IsNullOrWhiteSpace(text)));
    }

    [Fact]
    public void Every_page_has_its_catalogues() =>
        Assert.Equal(
            ["../src/Fonte.Dashboard/pages/i18n", "Activity/pages/i18n", "Clock/pages/i18n", "Demo/pages/i18n", "Echo/pages/i18n", "Lab/pages/i18n", "Orders/pages/i18n", "Pages/pages/i18n", "Sensors/pages/i18n", "Transports/pages/i18n"],
            Folders.Select(row => row.Data.Replace('\\', '/')).Order(StringComparer.Ordinal));

    private static Dictionary<string, string> Read(string folder, string name) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(Path.Combine(Repository.Samples, folder, name)))!;

    private static IEnumerable<string> Placeholders(string text) =>
        text.Split('{').Skip(1).Select(part => part.Split('}')[0]).Order();
}
