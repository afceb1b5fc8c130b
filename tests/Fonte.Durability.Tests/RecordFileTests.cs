namespace Fonte.Durability.Tests;

public sealed class RecordFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-records-").FullName;

    [Fact]
    public void What_a_worker_writes_is_what_the_proof_reads()
    {
        using (var publisher = new RecordFile(RecordFile.PublisherPath(_folder, 1)))
        using (var subscriber = new RecordFile(RecordFile.SubscriberPath(_folder, 2)))
        {
            foreach (var line in new[] { "try a d1", "ack a urn:fonte:e:1", "try b d2", "refused b 503", "try c d3", "unknown c SocketException", "try d d4", "try e d5", "wrong e 500" })
                publisher.Write(line);
            foreach (var line in new[] { "open earliest", "answered earliest", "position urn:fonte:e:0", "event urn:fonte:e:1 a d1", "gap urn:fonte:e:2 truncated urn:fonte:e:1 urn:fonte:e:3", "end cut" })
                subscriber.Write(line);
        }

        Assert.Equal(
            [
                new("a", "d1", PublishOutcome.Acknowledged, "urn:fonte:e:1"), new("b", "d2", PublishOutcome.Refused),
                new("c", "d3", PublishOutcome.Unknown), new("d", "d4", PublishOutcome.Unknown),
                new("e", "d5", PublishOutcome.Unexplained),
            ],
            RecordFile.ReadAttempts(_folder));
        var history = Assert.Single(RecordFile.ReadHistories(_folder));
        Assert.Equal("subscriber-002", history.Name);
        Assert.Equal(
            [
                new(DeliveryKind.Open, "earliest"), new(DeliveryKind.Answered, "earliest"), new(DeliveryKind.Position, "urn:fonte:e:0"),
                new(DeliveryKind.Event, "urn:fonte:e:1", "a", "d1"), new(DeliveryKind.Gap, "urn:fonte:e:2", Gap: new("truncated", "urn:fonte:e:1", "urn:fonte:e:3")),
            ],
            history.Records);
    }

    [Fact]
    public void A_line_that_nobody_writes_is_refused()
    {
        File.WriteAllText(RecordFile.SubscriberPath(_folder, 1), "event urn:fonte:e:1\n");
        Assert.Throws<CheckerException>(() => RecordFile.ReadHistories(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
