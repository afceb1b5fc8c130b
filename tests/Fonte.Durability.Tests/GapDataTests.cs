namespace Fonte.Durability.Tests;

public class GapDataTests
{
    [Fact]
    public void The_hubs_data_is_read() =>
        Assert.Equal(new GapData("truncated", "urn:fonte:e:1", "urn:fonte:e:5"),
            GapData.Read("""{"reason":"truncated","from":"urn:fonte:e:1","oldest":"urn:fonte:e:5"}"""));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("no JSON")]
    [InlineData("{\"reason\":1,\"from\":\"\",\"oldest\":\"two words\"}")]
    public void What_is_missing_is_a_dash(string? data) => Assert.Equal("- - -", GapData.Read(data).ToString());
}
