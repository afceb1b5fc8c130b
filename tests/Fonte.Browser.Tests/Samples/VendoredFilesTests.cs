using System.Security.Cryptography;
using Fonte.Browser.Tests.Demo;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

/// <summary>What comes from others is here byte for byte: uPlot 1.6.32, from its package.</summary>
public sealed class VendoredFilesTests
{
    // The samples' pages have them from there too.
    private static readonly string Folder = Path.Combine(Repository.Samples, "..", "src", "Fonte.Dashboard", "pages", "vendor");

    [Theory]
    [InlineData("LICENSE", "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd")]
    [InlineData("uPlot.esm.js", "5dd9b3281aa64b461b42d9945f6adb2649d346502b12281a9ae0d46599a80eba")]
    [InlineData("uPlot.min.css", "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04")]
    public async Task File_is_as_it_was_published(string name, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Folder, "uplot", name), TestContext.Current.CancellationToken))));

    [Fact]
    public void There_is_nothing_else() => Assert.Equal(3, Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Count());
}
