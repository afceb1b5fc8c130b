using CsCheck;
using Xunit;

namespace Fonte.Tests.Log;

public sealed class OrdinalOrderTests
{
    private static readonly string[] Beginnings = ["", "https://example.com/", "https://example.org/"];

    [Fact]
    public void Order_is_that_of_an_ordinal_comparison()
    {
        var letter = Gen.OneOf(Gen.Char['a', 'c'], Gen.Char['\u00fe', '\u0101'], Gen.Char);
        var name = Gen.Select(Gen.Int[0, 2].Select(n => Beginnings[n]), Gen.String[letter, 0, 12], (begin, end) => begin + end);
        name.Array[0, 40].Sample(names =>
        {
            var sorted = OrdinalOrder.Of(names).Select(index => names[index]);
            Assert.Equal(names.Order(StringComparer.Ordinal), sorted);
        });
    }
}
