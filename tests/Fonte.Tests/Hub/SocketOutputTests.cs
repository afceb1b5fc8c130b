using System.Globalization;
using System.Text;
using Xunit;

namespace Fonte.Tests.Hub;

/// <summary>Streams straight to real sockets, whose every byte is compared.</summary>
public sealed class SocketOutputTests
{
    [Theory]
    [InlineData(20, 100, 1)]
    [InlineData(20, 2_000, 20)]
    [InlineData(5, 70_000, 1)]
    public async Task Every_byte_arrives_once_and_in_order_however_slowly_it_is_read(int streams, int size, int pause)
    {
        await using var hub = new TestHub();
        var opened = await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => SocketStream.OpenAsync(hub)));
        var expected = new StringBuilder();
        var reading = opened.Select((stream, n) => stream.ReadAllAsync(slowly: n % 2 == 0 ? pause : 0)).ToList();
        for (var n = 0; n < 300; n++)
        {
            var data = $"{n} {new string((char)('a' + (n % 26)), (n * 37 % size) + 1)}";
            var id = await hub.PublishAsync("a", data);
            expected.Append(CultureInfo.InvariantCulture, $"id: {id}\ndata: {data}\n\n");
        }
        await hub.PublishAsync("a", "last");
        foreach (var (stream, task) in opened.Zip(reading))
        {
            var text = await task;
            Assert.Equal(expected.ToString(), text[..expected.Length]);
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task Slow_reader_of_a_large_event_is_not_cut_while_it_reads()
    {
        await using var hub = new TestHub(options: new() { WriteTimeout = TimeSpan.FromSeconds(60) });
        await using var stream = await SocketStream.OpenAsync(hub);
        await hub.PublishAsync("a", new string('x', 1_000_000));
        for (var read = 0; read < 1_000_000; read += await stream.ReadSomeAsync(50_000))
        {
            Assert.False(stream.End.IsCompleted, $"Cut after {read} bytes.");
            // In all longer than the timeout; for one slice, and what two sockets hold, far less, however late the hub sees that it was taken.
            hub.Time.Advance(TimeSpan.FromSeconds(5));
        }
        Assert.False(stream.End.IsCompleted);
    }

    [Fact]
    public async Task Subscriber_that_never_reads_is_cut_after_the_write_timeout_and_not_at_a_boundary()
    {
        await using var hub = new TestHub(options: new() { WriteTimeout = TimeSpan.FromSeconds(60) });
        await using var stream = await SocketStream.OpenAsync(hub);
        for (var n = 0; n < 20; n++) await hub.PublishAsync("a", new string('x', 500_000));
        while (!stream.End.IsCompleted)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(30));
            await Task.WhenAny(stream.End, Task.Delay(10, TestHub.Stop));
        }
        Assert.Equal(new(DisconnectReason.WriteTimeout, AtBoundary: false), await stream.End);
    }
}
