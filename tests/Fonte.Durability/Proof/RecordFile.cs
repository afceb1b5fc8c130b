using System.Text;

namespace Fonte.Durability;

/// <summary>A worker's own file of records: one line each, handed to the system before the worker goes on.</summary>
/// <remarks>
/// <code>
/// publisher    try KEY DIGEST · ack KEY ID · refused KEY STATUS · unknown KEY REASON · wrong KEY STATUS
/// subscriber   open CURSOR · answered ID · position ID · event ID KEY DIGEST · gap ID WHY FROM OLDEST · end REASON
/// </code>
/// </remarks>
internal sealed class RecordFile(string path) : IDisposable
{
    private readonly StreamWriter _writer = new(path, append: true, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };

    public void Write(string line) => _writer.WriteLine(line);

    public void Dispose() => _writer.Dispose();

    public static string PublisherPath(string folder, int index) => Path.Combine(folder, $"publisher-{index:D3}.records");

    public static string SubscriberPath(string folder, int index) => Path.Combine(folder, $"subscriber-{index:D3}.records");

    public static List<PublishAttempt> ReadAttempts(string folder)
    {
        var attempts = new Dictionary<string, PublishAttempt>();
        foreach (var path in Directory.EnumerateFiles(folder, "publisher-*.records").Order())
        {
            foreach (var line in File.ReadLines(path))
            {
                var words = line.Split(' ');
                switch (words)
                {
                    case ["try", var key, var digest]:
                        if (!attempts.TryAdd(key, new PublishAttempt(key, digest, PublishOutcome.Unknown)))
                            throw new CheckerException($"{path} has two attempts for the key {key}.");
                        break;
                    case ["ack", var key, var id]:
                        attempts[key] = attempts[key] with { Outcome = PublishOutcome.Acknowledged, Id = id };
                        break;
                    case ["refused", var key, ..]:
                        attempts[key] = attempts[key] with { Outcome = PublishOutcome.Refused };
                        break;
                    case ["wrong", var key, ..]:
                        attempts[key] = attempts[key] with { Outcome = PublishOutcome.Unexplained };
                        break;
                    case ["unknown", ..]:
                        break;
                    default:
                        throw new CheckerException($"{path} has the unexpected line '{line}'.");
                }
            }
        }

        return [.. attempts.Values];
    }

    public static List<SubscriberHistory> ReadHistories(string folder)
    {
        var histories = new List<SubscriberHistory>();
        foreach (var path in Directory.EnumerateFiles(folder, "subscriber-*.records").Order())
        {
            var records = new List<DeliveryRecord>();
            foreach (var line in File.ReadLines(path))
            {
                var words = line.Split(' ');
                switch (words)
                {
                    case ["open", var id]: records.Add(new(DeliveryKind.Open, id)); break;
                    case ["answered", var id]: records.Add(new(DeliveryKind.Answered, id)); break;
                    case ["position", var id]: records.Add(new(DeliveryKind.Position, id)); break;
                    case ["event", var id, var key, var digest]: records.Add(new(DeliveryKind.Event, id, key, digest)); break;
                    case ["gap", var id, var reason, var from, var oldest]: records.Add(new(DeliveryKind.Gap, id, Gap: new(reason, from, oldest))); break;
                    case ["end", ..]: break;
                    default: throw new CheckerException($"{path} has the unexpected line '{line}'.");
                }
            }

            histories.Add(new SubscriberHistory(Path.GetFileNameWithoutExtension(path), records));
        }

        return histories;
    }
}
