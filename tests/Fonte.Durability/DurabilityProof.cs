namespace Fonte.Durability;

/// <summary>Proves from the records that design.md's invariants 1 and 2 held, or tells each violation in a sentence.</summary>
/// <remarks>
/// Every subscriber must have been subscribed from the beginning of the log and have reached <c>lastOffset</c>.
/// Pure: records in, sentences out.
/// </remarks>
internal sealed class DurabilityProof
{
    private const int MaximumSentences = 20;
    private readonly Dictionary<string, PublishAttempt> _attempts;
    private readonly Dictionary<string, string> _acknowledgedKeys = [];
    private readonly Dictionary<string, (string Key, string Digest)> _contents = [];
    private readonly Dictionary<string, string> _deliveredIds = [];
    private readonly SortedDictionary<long, string> _expected = [];
    private readonly List<string> _violations = [];
    private readonly long _lastOffset;

    private DurabilityProof(IEnumerable<PublishAttempt> attempts, long lastOffset)
    {
        _lastOffset = lastOffset;
        _attempts = attempts.ToDictionary(attempt => attempt.Key);
    }

    /// <summary>How many violations there are.</summary>
    public long Count { get; private set; }

    /// <summary>The first violations, at most 20.</summary>
    public IReadOnlyList<string> Violations => _violations;

    public long Acknowledged => _acknowledgedKeys.Count;

    public long Delivered { get; private set; }

    public static DurabilityProof Of(
        IEnumerable<PublishAttempt> attempts, IReadOnlyCollection<SubscriberHistory> subscribers, long lastOffset)
    {
        var proof = new DurabilityProof(attempts, lastOffset);
        proof.CheckAcknowledgements();
        if (subscribers.Count == 0)
            proof.Violation("There is no subscriber, so nothing is proved.");
        var seen = subscribers.Select(proof.CheckSubscriber).ToList();
        foreach (var (subscriber, offsets) in subscribers.Zip(seen))
            proof.CheckComplete(subscriber.Name, offsets);
        return proof;
    }

    private void CheckAcknowledgements()
    {
        foreach (var attempt in _attempts.Values.Where(attempt => attempt.Outcome == PublishOutcome.Acknowledged))
        {
            if (!Position.TryParse(attempt.Id, out var position))
                Violation($"{attempt.Key} was acknowledged with '{attempt.Id}', which is no position.");
            else if (!_acknowledgedKeys.TryAdd(attempt.Id, attempt.Key))
                Violation($"{attempt.Id} was acknowledged twice: for {_acknowledgedKeys[attempt.Id]} and for {attempt.Key}.");
            else if (!_expected.TryAdd(position.Offset, attempt.Id))
                Violation($"The offset {position.Offset} was acknowledged in two epochs: {_expected[position.Offset]} and {attempt.Id}.");
        }
    }

    private HashSet<long> CheckSubscriber(SubscriberHistory subscriber)
    {
        var name = subscriber.Name;
        var seen = new HashSet<long>();
        var seenOnConnection = new HashSet<long>();
        var cursor = "earliest";
        long last = -1;
        foreach (var record in subscriber.Records)
        {
            if (record.Kind == DeliveryKind.Open)
            {
                cursor = record.Id;
                seenOnConnection.Clear();
            }
            else if (record.Kind == DeliveryKind.Gap)
            {
                Violation($"{name} was told of a gap at {record.Id}, but nothing was truncated.");
            }
            else if (record.Kind == DeliveryKind.Answered)
            {
                if (record.Id != cursor)
                    Violation($"{name} resumed from {cursor} and was answered {record.Id}.");
            }
            else if (!Position.TryParse(record.Id, out var position))
            {
                Violation($"{name} received {record.Key} with '{record.Id}', which is no position.");
            }
            else if (record.Kind == DeliveryKind.Position)
            {
                if (position.Offset < last)
                    Violation($"{name}'s position went back from offset {last} to {record.Id}.");
                last = Math.Max(last, position.Offset);
            }
            else
            {
                Delivered++;
                CheckContent(name, record, position);
                var isFirstHere = seenOnConnection.Add(position.Offset);
                if (!seen.Add(position.Offset))
                    Violation($"{name} received {record.Id} twice{(isFirstHere ? ", across a reconnection" : " on one connection")}.");
                else if (position.Offset <= last)
                    Violation($"{name} received {record.Id} after offset {last}.");
                last = Math.Max(last, position.Offset);
            }
        }

        return seen;
    }

    private void CheckContent(string name, DeliveryRecord record, Position position)
    {
        if (!_attempts.TryGetValue(record.Key, out var attempt))
            Violation($"{name} received {record.Id} with {record.Key}, which nobody published.");
        else if (attempt.Digest != record.Digest)
            Violation($"{name} received {record.Id} with a content that differs from what was published as {record.Key}.");
        else if (attempt.Outcome == PublishOutcome.Refused)
            Violation($"{name} received {record.Id} with {record.Key}, which the hub had refused.");
        else if (attempt.Outcome == PublishOutcome.Acknowledged && attempt.Id != record.Id)
            Violation($"{name} received {record.Key} as {record.Id}, but it was acknowledged as {attempt.Id}.");

        if (!_contents.TryAdd(record.Id, (record.Key, record.Digest)) && _contents[record.Id] != (record.Key, record.Digest))
            Violation($"{record.Id} was delivered with two contents: {_contents[record.Id].Key} and, to {name}, {record.Key}.");
        if (_acknowledgedKeys.TryGetValue(record.Id, out var acknowledged) && acknowledged != record.Key)
            Violation($"{record.Id} was acknowledged for {acknowledged}, but {name} received it with {record.Key}.");
        if (!_deliveredIds.TryAdd(record.Key, record.Id) && _deliveredIds[record.Key] != record.Id)
            Violation($"{record.Key} was delivered as two events: {_deliveredIds[record.Key]} and, to {name}, {record.Id}.");
        _expected.TryAdd(position.Offset, record.Id);
    }

    private void CheckComplete(string name, HashSet<long> seen)
    {
        foreach (var (offset, id) in _expected)
        {
            if (offset > _lastOffset)
                break;
            if (seen.Contains(offset))
                continue;
            Violation(_acknowledgedKeys.TryGetValue(id, out var key)
                ? $"{name} never received {id} ({key}), which was acknowledged."
                : $"{name} never received {id}, which another subscriber received.");
        }
    }

    private void Violation(string sentence)
    {
        Count++;
        if (_violations.Count < MaximumSentences)
            _violations.Add(sentence);
    }
}
