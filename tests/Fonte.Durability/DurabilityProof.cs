namespace Fonte.Durability;

/// <summary>Proves from the records that design.md's invariants 1 and 2 held, or tells each violation in a sentence.</summary>
/// <remarks>
/// Every subscriber must have been subscribed from the beginning of the log and have reached <c>lastOffset</c>.
/// Pure: records in, sentences out.
/// </remarks>
internal sealed class DurabilityProof
{
    private const int MaximumKept = 20;
    private const int MaximumKeptOfKind = 5;
    private readonly Dictionary<string, PublishAttempt> _attempts;
    private readonly Dictionary<string, string> _acknowledgedKeys = [];
    private readonly Dictionary<string, (string Key, string Digest)> _contents = [];
    private readonly Dictionary<string, string> _deliveredIds = [];
    private readonly SortedDictionary<long, string> _delivered = [];
    private readonly List<Violation> _violations = [];
    private readonly Dictionary<ViolationKind, long> _counts = [];
    private readonly long _lastOffset;

    private DurabilityProof(IEnumerable<PublishAttempt> attempts, long lastOffset)
    {
        _lastOffset = lastOffset;
        _attempts = attempts.ToDictionary(attempt => attempt.Key);
    }

    /// <summary>How many violations there are.</summary>
    public long Count => _counts.Values.Sum();

    /// <summary>How many violations of each kind there are.</summary>
    public IReadOnlyDictionary<ViolationKind, long> Counts => _counts;

    /// <summary>The first violations of each kind, at most 20 together.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    public long Acknowledged => _attempts.Values.LongCount(attempt => attempt.Outcome == PublishOutcome.Acknowledged);

    public long Delivered { get; private set; }

    public static DurabilityProof Of(
        IEnumerable<PublishAttempt> attempts, IReadOnlyCollection<SubscriberHistory> subscribers, long lastOffset)
    {
        var proof = new DurabilityProof(attempts, lastOffset);
        proof.CheckAcknowledgements();
        if (subscribers.Count == 0)
            proof.Add(ViolationKind.Lost, "There is no subscriber, so nothing is proved.");
        var seen = subscribers.Select(proof.CheckSubscriber).ToList();
        foreach (var (subscriber, sightings) in subscribers.Zip(seen))
            proof.CheckComplete(subscriber.Name, sightings);
        return proof;
    }

    private void CheckAcknowledgements()
    {
        var offsets = new Dictionary<long, string>();
        foreach (var attempt in _attempts.Values.Where(attempt => attempt.Outcome == PublishOutcome.Acknowledged))
        {
            if (!Position.TryParse(attempt.Id, out var position))
                Add(ViolationKind.Identity, $"{attempt.Key} was acknowledged with '{attempt.Id}', which is no position.");
            else if (!_acknowledgedKeys.TryAdd(attempt.Id, attempt.Key))
                Add(ViolationKind.Identity, $"{attempt.Id} was acknowledged twice: for {_acknowledgedKeys[attempt.Id]} and for {attempt.Key}.");
            else if (!offsets.TryAdd(position.Offset, attempt.Id))
                Add(ViolationKind.Identity, $"The offset {position.Offset} was acknowledged in two epochs: {offsets[position.Offset]} and {attempt.Id}.");
        }
    }

    private Sightings CheckSubscriber(SubscriberHistory subscriber)
    {
        var name = subscriber.Name;
        var seen = new Sightings([], []);
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
                Add(ViolationKind.Gap, $"{name} was told of a gap at {record.Id}, but nothing was truncated.");
            }
            else if (record.Kind == DeliveryKind.Answered)
            {
                if (record.Id != cursor)
                    Add(ViolationKind.Gap, $"{name} resumed from {cursor} and was answered {record.Id}.");
            }
            else if (!Position.TryParse(record.Id, out var position))
            {
                Add(ViolationKind.Identity, $"{name} received {record.Key} with '{record.Id}', which is no position.");
            }
            else if (record.Kind == DeliveryKind.Position)
            {
                if (position.Offset < last)
                    Add(ViolationKind.OutOfOrder, $"{name}'s position went back from offset {last} to {record.Id}.");
                last = Math.Max(last, position.Offset);
            }
            else
            {
                Delivered++;
                CheckContent(name, record, position);
                seen.Keys.Add(record.Key);
                var isFirstHere = seenOnConnection.Add(position.Offset);
                if (!seen.Offsets.Add(position.Offset))
                    Add(ViolationKind.Twice, $"{name} received {record.Id} twice{(isFirstHere ? ", across a reconnection" : " on one connection")}.");
                else if (position.Offset <= last)
                    Add(ViolationKind.OutOfOrder, $"{name} received {record.Id} after offset {last}.");
                last = Math.Max(last, position.Offset);
            }
        }

        return seen;
    }

    private void CheckContent(string name, DeliveryRecord record, Position position)
    {
        if (!_attempts.TryGetValue(record.Key, out var attempt))
            Add(ViolationKind.Ghost, $"{name} received {record.Id} with {record.Key}, which nobody published.");
        else if (attempt.Digest != record.Digest)
            Add(ViolationKind.Content, $"{name} received {record.Id} with a content that differs from what was published as {record.Key}.");
        else if (attempt.Outcome == PublishOutcome.Refused)
            Add(ViolationKind.Ghost, $"{name} received {record.Id} with {record.Key}, which the hub had refused.");
        else if (attempt.Outcome == PublishOutcome.Acknowledged && attempt.Id != record.Id)
            Add(ViolationKind.Identity, $"{name} received {record.Key} as {record.Id}, but it was acknowledged as {attempt.Id}.");

        if (!_contents.TryAdd(record.Id, (record.Key, record.Digest)) && _contents[record.Id] != (record.Key, record.Digest))
            Add(ViolationKind.Identity, $"{record.Id} was delivered with two contents: {_contents[record.Id].Key} and, to {name}, {record.Key}.");
        if (_acknowledgedKeys.TryGetValue(record.Id, out var acknowledged) && acknowledged != record.Key)
            Add(ViolationKind.Identity, $"{record.Id} was acknowledged for {acknowledged}, but {name} received it with {record.Key}.");
        if (!_deliveredIds.TryAdd(record.Key, record.Id) && _deliveredIds[record.Key] != record.Id)
            Add(ViolationKind.Twice, $"{record.Key} was delivered as two events: {_deliveredIds[record.Key]} and, to {name}, {record.Id}.");
        _delivered.TryAdd(position.Offset, record.Id);
    }

    private void CheckComplete(string name, Sightings seen)
    {
        foreach (var attempt in _attempts.Values)
        {
            if (attempt.Outcome == PublishOutcome.Acknowledged && !seen.Keys.Contains(attempt.Key))
                Add(ViolationKind.Lost, $"{name} never received {attempt.Key}, which was acknowledged as {attempt.Id}.");
        }

        foreach (var (offset, id) in _delivered)
        {
            if (offset <= _lastOffset && !seen.Offsets.Contains(offset) && !_acknowledgedKeys.ContainsKey(id))
                Add(ViolationKind.Lost, $"{name} never received {id}, which another subscriber received.");
        }
    }

    private void Add(ViolationKind kind, string sentence)
    {
        var count = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (count <= MaximumKeptOfKind && _violations.Count < MaximumKept)
            _violations.Add(new Violation(kind, sentence));
    }

    private sealed record Sightings(HashSet<long> Offsets, HashSet<string> Keys);
}
