using Xunit;

namespace Fonte.Tests.Log;

public sealed class PositionTests
{
    [Theory]
    [InlineData("urn:fonte:abcdefghijkl:0", 0)]
    [InlineData("urn:fonte:abcdefghij:9223372036854775807", long.MaxValue)]
    [InlineData("urn:fonte:234567abcdefg:42", 42)]
    public void Position_in_canonical_form_is_read(string text, long offset)
    {
        Assert.True(Position.TryParse(text, out var position));
        Assert.Equal(offset, position.Offset);
        Assert.Equal(text, position.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("urn:fonte:abcdefghijkl:")]
    [InlineData("urn:fonte:abcdefghijkl:+1")]
    [InlineData("urn:fonte:abcdefghijkl:-1")]
    [InlineData("urn:fonte:abcdefghijkl:01")]
    [InlineData("urn:fonte:abcdefghijkl: 1")]
    [InlineData("urn:fonte:abcdefghijkl:1 ")]
    [InlineData("urn:fonte:abcdefghijkl:٣")]
    [InlineData("urn:fonte:abcdefghijkl:9223372036854775808")]
    [InlineData("urn:fonte:short:1")]
    [InlineData("urn:fonte:abcdefghijklmn:1")]
    [InlineData("urn:fonte:ABCDEFGHIJKL:1")]
    [InlineData("URN:fonte:abcdefghijkl:1")]
    public void Anything_else_is_not_a_position(string text) => Assert.False(Position.TryParse(text, out _));

    [Fact]
    public void Position_of_an_older_epoch_is_of_this_log_below_the_next_epochs_first_offset()
    {
        var identity = new LogIdentity([new("aaaaaaaaaaaa", 1), new("bbbbbbbbbbbb", 100)]);
        Assert.True(identity.Includes(new("aaaaaaaaaaaa", 99)));
        Assert.False(identity.Includes(new("aaaaaaaaaaaa", 100)));
        Assert.True(identity.Includes(new("bbbbbbbbbbbb", 100)));
        Assert.False(identity.Includes(new("cccccccccccc", 1)));
        Assert.Equal("bbbbbbbbbbbb", identity.Epoch);
        Assert.Equal(["aaaaaaaaaaaa", "aaaaaaaaaaaa", "bbbbbbbbbbbb"], [identity.At(0).Epoch, identity.At(99).Epoch, identity.At(100).Epoch]);
    }

    [Fact]
    public void Epochs_are_twelve_characters_of_base32_and_differ()
    {
        var epochs = Enumerable.Range(0, 100).Select(_ => LogEpoch.Create()).ToList();
        Assert.All(epochs, epoch => Assert.Matches("^[a-z2-7]{12}$", epoch));
        Assert.Equal(100, epochs.Distinct().Count());
    }
}
