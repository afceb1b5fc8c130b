using System.Text;
using CsCheck;
using Xunit;

namespace Fonte.AspNetCore.Tests;

public sealed class FormReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("&&", "")]
    [InlineData("a", "a→")]
    [InlineData("a=", "a→")]
    [InlineData("=b", "→b")]
    [InlineData("a=b=c", "a→b=c")]
    [InlineData("a=1&a=2", "a→1|a→2")]
    [InlineData("a+b=c+d", "a b→c d")]
    [InlineData("a=%2B%26%3d", "a→+&=")]
    [InlineData("a=%", "a→%")]
    [InlineData("a=%4", "a→%4")]
    [InlineData("a=%zz", "a→%zz")]
    [InlineData("a=%25zz", "a→%zz")]
    [InlineData("a=1;b=2", "a→1;b=2")]
    public void Pairs_are_read_as_the_standard_says(string form, string expected) =>
        Assert.Equal(expected, string.Join('|', Read(form).Select(pair => $"{pair.Name}→{pair.Value}")));

    [Fact]
    public void What_the_frameworks_encoder_writes_is_read_back()
    {
        var rune = Gen.Int[0, 0x10FFFF].Where(Rune.IsValid).Select(value => new Rune(value).ToString());
        var text = rune.Array[0, 20].Select(string.Concat);
        Gen.Select(text, text).Array[1, 5].Sample(pairs =>
        {
            using var content = new FormUrlEncodedContent(pairs.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
            using var reader = new StreamReader(content.ReadAsStream());
            return Read(reader.ReadToEnd()).SequenceEqual(pairs);
        });
    }

    private static List<(string Name, string Value)> Read(string form)
    {
        var pairs = new List<(string, string)>();
        var reader = new FormReader(Encoding.UTF8.GetBytes(form));
        while (reader.Read()) pairs.Add((Encoding.UTF8.GetString(reader.Name), Encoding.UTF8.GetString(reader.Value)));
        return pairs;
    }
}
