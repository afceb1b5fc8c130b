namespace Fonte.Durability.Tests;

public class ContentTests
{
    [Fact]
    public void Every_content_begins_with_its_key()
    {
        var random = new Random(1);
        for (var index = 0; index < 200; index++)
            Assert.Equal($"p001-{index}", Content.KeyOf(Content.Make($"p001-{index}", random)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nokey")]
    [InlineData("Not A Key")]
    public void What_has_no_key_has_none(string data) => Assert.Equal("-", Content.KeyOf(data));

    [Theory]
    [InlineData("urn:fonte:abc:12", 12)]
    [InlineData("urn:fonte:abc:-1", null)]
    [InlineData("urn:fonte::1", null)]
    [InlineData("urn:uuid:abc:1", null)]
    [InlineData("12", null)]
    public void A_position_has_an_epoch_and_an_offset(string id, int? offset) =>
        Assert.Equal(offset, Position.TryParse(id, out var position) ? (int?)position.Offset : null);
}
