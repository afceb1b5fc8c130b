using System.Text;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>What every shared log must do, whatever broker it is on.</summary>
public abstract class SharedLogContract
{
    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A log that is new in each test, and the same for each connection in it.</summary>
    private protected abstract ISharedLog Connect();

    [Fact]
    public async Task Records_are_read_in_the_order_in_which_they_were_produced()
    {
        await using var log = await OpenAsync();
        await log.ProduceAsync([.. Enumerable.Range(0, 1000).Select(n => Record($"{n}"))], Stop);
        var read = await ReadAsync(log, 0, 1000);
        Assert.Equal(Enumerable.Range(0, 1000).Select(n => $"{n}"), read.Select(Data));
        Assert.Equal(read.Select(record => record.Offset).Distinct().Order(), read.Select(record => record.Offset));
    }

    [Fact]
    public async Task Reading_begins_at_the_offset_and_waits_for_more()
    {
        await using var log = await OpenAsync();
        await log.ProduceAsync([.. Enumerable.Range(0, 10).Select(n => Record($"{n}"))], Stop);
        var all = await ReadAsync(log, 0, 10);
        Assert.Equal(all[7..].Select(Data), (await ReadAsync(log, all[7].Offset, 3)).Select(Data));
        var waiting = ReadAsync(log, all[9].Offset + 1, 2);
        await log.ProduceAsync([Record("10"), Record("11")], Stop);
        Assert.Equal(["10", "11"], (await waiting).Select(Data));
    }

    [Fact]
    public async Task Headers_and_data_come_back_as_they_were()
    {
        await using var log = await OpenAsync();
        byte[] every = [.. Enumerable.Range(0, 256).Select(n => (byte)n)];
        KeyValuePair<string, ReadOnlyMemory<byte>>[] headers =
        [
            new("topic", "é 😀"u8.ToArray()), new("topic", "two"u8.ToArray()), new("topic", Encoding.UTF8.GetBytes(new string('x', 2000))), new("id", "i"u8.ToArray()), new("fonte-key", every), new("empty", Array.Empty<byte>()),
        ];
        await log.ProduceAsync([new(0, headers, every), new(0, [new("topic", "a"u8.ToArray())], Array.Empty<byte>())], Stop);
        var read = await ReadAsync(log, 0, 2);
        foreach (var name in headers.Select(header => header.Key).Distinct())
            Assert.Equal(headers.Where(header => header.Key == name).Select(header => header.Value.ToArray()), read[0].Headers.Where(header => header.Key == name).Select(header => header.Value.ToArray()));
        Assert.Equal(every, read[0].Body.ToArray());
        Assert.Equal(0, read[1].Body.Length);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(100)]
    public async Task Event_of_the_most_and_longest_topics_is_no_matter(int topics)
    {
        await using var log = await OpenAsync();
        var format = new SharedRecordFormat(TestNode.ClusterKey, new(), ReservedNamespace.Default);
        var draft = new EventDraft
        {
            Topics = [.. Enumerable.Range(0, topics).Select(n => $"{n}".PadRight(2048, 'x'))],
            Id = new('i', 1024),
            Type = new('t', 255),
            Private = true,
            Data = "data"u8.ToArray(),
        };
        await log.ProduceAsync([format.Encode(draft, "n.1/0", 5, new byte[64]), Record("after")], Stop);
        var read = await ReadAsync(log, 0, 2);
        var decoded = format.Decode(read[0]);
        Assert.Null(decoded.Fault);
        Assert.Equal(draft.Topics, decoded.Draft!.Topics);
        Assert.Equal((draft.Id, draft.Type, "data"), (decoded.Draft.Id, decoded.Draft.Type, Encoding.UTF8.GetString(decoded.Draft.Data.Span)));
        Assert.Equal("after", Data(read[1]));
    }

    [Fact]
    public async Task Record_of_ten_megabytes_is_no_matter()
    {
        await using var log = await OpenAsync();
        await log.ProduceAsync([new(0, [new("topic", "a"u8.ToArray())], new byte[10_000_000])], Stop);
        Assert.Equal(10_000_000, (await ReadAsync(log, 0, 1))[0].Body.Length);
    }

    [Fact]
    public async Task All_connections_read_the_same()
    {
        await using var one = await OpenAsync();
        await using var two = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => (n % 2 == 0 ? one : two).ProduceAsync([Record($"{n}a"), Record($"{n}b")], Stop)));
        var read = await ReadAsync(one, 0, 40);
        Assert.Equal(read.Select(record => (record.Offset, Data(record))), (await ReadAsync(two, 0, 40)).Select(record => (record.Offset, Data(record))));
        // Each request's own order stands.
        for (var n = 0; n < 20; n++) Assert.True(read.FindIndex(record => Data(record) == $"{n}a") < read.FindIndex(record => Data(record) == $"{n}b"));
    }

    [Fact]
    public async Task Closed_connection_says_that_nothing_was_sent()
    {
        var log = await OpenAsync();
        await log.DisposeAsync();
        var refused = await Assert.ThrowsAsync<SharedLogException>(() => log.ProduceAsync([Record("1")], Stop));
        Assert.True(refused.NothingWasSent);
        await Assert.ThrowsAsync<SharedLogException>(() => ReadAsync(log, 0, 1));
    }

    [Fact]
    public async Task Fingerprints_are_the_same_for_all_who_read()
    {
        await using var one = await OpenAsync();
        await using var two = await OpenAsync();
        var format = new SharedRecordFormat(TestNode.ClusterKey, new(), ReservedNamespace.Default);
        await one.ProduceAsync([format.Encode(new EventDraft { Topics = ["a", "é"], Id = "i", Type = "t", Private = true, RetryMilliseconds = 7, Data = "x"u8.ToArray() }, "n.1/0", 5, new byte[32])], Stop);
        var (first, second) = ((await ReadAsync(one, 0, 1))[0], (await ReadAsync(two, 0, 1))[0]);
        Assert.Equal(SharedRecordFormat.FingerprintOf(first), SharedRecordFormat.FingerprintOf(second));
        var decoded = format.Decode(second);
        Assert.Null(decoded.Fault);
        Assert.Equal(["a", "é"], decoded.Draft!.Topics);
        Assert.Equal(("i", "t", true, 7, 5), (decoded.Draft.Id, decoded.Draft.Type, decoded.Draft.Private, decoded.Draft.RetryMilliseconds, decoded.Time));
        Assert.Equal(32, decoded.Seal!.Length);
    }

    private protected async Task<ISharedLog> OpenAsync()
    {
        var log = Connect();
        await log.OpenAsync(Stop);
        return log;
    }

    private protected static async Task<List<SharedRecord>> ReadAsync(ISharedLog log, long from, int count)
    {
        var read = new List<SharedRecord>();
        await foreach (var record in log.ReadAsync(from, Stop))
        {
            read.Add(record);
            if (read.Count == count) break;
        }
        return read;
    }

    private protected static SharedRecord Record(string data, string topic = "a") => new(0, [new("topic", Encoding.UTF8.GetBytes(topic))], Encoding.UTF8.GetBytes(data));

    private protected static string Data(SharedRecord record) => Encoding.UTF8.GetString(record.Body.Span);
}
