using System.Text;

namespace Fonte.Durability.Tests;

public class BlockReaderTests
{
    [Fact]
    public void Blocks_are_the_same_wherever_the_stream_is_cut()
    {
        var bytes = Encoding.UTF8.GetBytes("retry: 900\nid: urn:fonte:a:0\n\n: \r\nid: urn:fonte:a:1\r\nevent: t\rdata: ação\ndata:\n\ndata:x\n\n");
        StreamBlock[] expected = [new("urn:fonte:a:0", "", null), new("urn:fonte:a:1", "t", "ação\n"), new(null, "", "x")];

        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var blocks = new List<StreamBlock>();
            var reader = new BlockReader(blocks.Add);
            reader.Read(bytes.AsSpan(0, cut));
            reader.Read(bytes.AsSpan(cut));
            Assert.Equal(expected, blocks);
        }
    }

    [Fact]
    public void A_block_without_its_empty_line_does_not_count()
    {
        var blocks = new List<StreamBlock>();
        new BlockReader(blocks.Add).Read("id: urn:fonte:a:1\ndata: x\n"u8);
        Assert.Empty(blocks);
    }

    [Fact]
    public void Invalid_UTF8_is_refused() =>
        Assert.ThrowsAny<ArgumentException>(() => new BlockReader(_ => { }).Read([(byte)'d', 0xFF, (byte)'\n']));
}
