namespace Fonte.Durability;

/// <summary>Proves from the records that the invariants 1 and 2 of docs/guarantees.md held, or tells each violation in a sentence.</summary>
/// <remarks>
/// Every subscriber must have been subscribed from the beginning of the log and have reached <c>lastOffset</c>.
/// Pure: records in, sentences out.
/// </remarks>
internal sealed class DurabilityProof
{
    private readonly Dictionary<string, PublishAttempt> _attempts;
    private readonly Dictionary<string, string> _acknowledgedKeys = [];
    private readonly Dictionary<string, (string Key, string Digest)> _contents = [];
    private readonly Dictionary<string, string> _deliveredIds = [];
    private readonly SortedDictionary<long, string> _delivered = [];
    private readonly ViolationList _violations = new();
    private readonly long _lastOffset;
    private readonly long _oldestKept;

    private DurabilityProof(IEnumerable<PublishAttempt> attempts, long lastOffset, int? keptEvents)
    {
        _lastOffset = lastOffset;
        _oldestKept = keptEvents is { } kept ? Math.Max(1, lastOffset - kept + 1) : 0;
        _attempts = attempts.ToDictionary(attempt => attempt.Key);
    }

    /// <summary>How many violations there are.</summary>
    public long Count => Counts.Values.Sum();

    /// <summary>How many violations of each kind there are.</summary>
    public IReadOnlyDictionary<ViolationKind, long> Counts => _violations.Counts;

    /// <summary>The first violations of each kind, at most 20 together.</summary>
    public IReadOnlyList<Violation> Violations => _violations.Kept;

    public long Acknowledged => _attempts.Values.LongCount(attempt => attempt.Outcome == PublishOutcome.Acknowledged);

    public long Delivered { get; private set; }

    /// <summary>How often subscribers were told of a gap.</summary>
    public long GapsTold { get; private set; }

    /// <param name="attempts">Every attempt to publish.</param>
    /// <param name="subscribers">Everything that each subscriber saw.</param>
    /// <param name="lastOffset">The last event's offset, which all must have reached.</param>
    /// <param name="keptEvents">How many of the last offsets retention may not touch; <see langword="null"/> when there is no retention.</param>
    public static DurabilityProof Of(
        IEnumerable<PublishAttempt> attempts, IReadOnlyCollection<SubscriberHistory> subscribers, long lastOffset, int? keptEvents = null)
    {
        var proof = new DurabilityProof(attempts, lastOffset, keptEvents);
        proof.CheckAcknowledgements();
        if (subscribers.Count == 0)
            proof._violations.Add(ViolationKind.Lost, "There is no subscriber, so nothing is proved.");
        var seen = subscribers.Select(proof.CheckSubscriber).ToList();
        foreach (var (subscriber, sightings) in subscribers.Zip(seen))
            proof.CheckComplete(subscriber.Name, sightings);
        return proof;
    }

    private void CheckAcknowledgements()
    {
        var offsets = new Dictionary<long, string>();
        foreach (var attempt in _attempts.Values)
        {
            if (attempt.Outcome == PublishOutcome.Unexplained)
                _violations.Add(ViolationKind.Answer, $"{attempt.Key} was answered neither with 200 nor with a 503 that says whether it was appended.");
            if (attempt.Outcome != PublishOutcome.Acknowledged)
                continue;
            if (!Position.TryParse(attempt.Id, out var position))
                _violations.Add(ViolationKind.Identity, $"{attempt.Key} was acknowledged with '{attempt.Id}', which is no position.");
            else if (!_acknowledgedKeys.TryAdd(attempt.Id, attempt.Key))
                _violations.Add(ViolationKind.Identity, $"{attempt.Id} was acknowledged twice: for {_acknowledgedKeys[attempt.Id]} and for {attempt.Key}.");
            else if (!offsets.TryAdd(position.Offset, attempt.Id))
                _violations.Add(ViolationKind.Identity, $"The offset {position.Offset} was acknowledged in two epochs: {offsets[position.Offset]} and {attempt.Id}.");
        }
    }

    private SubscriberWalk CheckSubscriber(SubscriberHistory subscriber)
    {
        var walk = new SubscriberWalk(subscriber.Name, _violations, _oldestKept);
        foreach (var record in subscriber.Records)
        {
            if (walk.Take(record) is { } position)
                CheckContent(subscriber.Name, record, position);
        }

        Delivered += walk.Delivered;
        GapsTold += walk.GapsTold;
        return walk;
    }

    private void CheckContent(string name, DeliveryRecord record, Position position)
    {
        if (!_attempts.TryGetValue(record.Key, out var attempt))
            _violations.Add(ViolationKind.Ghost, $"{name} received {record.Id} with {record.Key}, which nobody published.");
        else if (attempt.Digest != record.Digest)
            _violations.Add(ViolationKind.Content, $"{name} received {record.Id} with a content that differs from what was published as {record.Key}.");
        else if (attempt.Outcome == PublishOutcome.Refused)
            _violations.Add(ViolationKind.Ghost, $"{name} received {record.Id} with {record.Key}, which the hub had refused.");
        else if (attempt.Outcome == PublishOutcome.Acknowledged && attempt.Id != record.Id)
            _violations.Add(ViolationKind.Identity, $"{name} received {record.Key} as {record.Id}, but it was acknowledged as {attempt.Id}.");

        if (!_contents.TryAdd(record.Id, (record.Key, record.Digest)) && _contents[record.Id] != (record.Key, record.Digest))
            _violations.Add(ViolationKind.Identity, $"{record.Id} was delivered with two contents: {_contents[record.Id].Key} and, to {name}, {record.Key}.");
        if (_acknowledgedKeys.TryGetValue(record.Id, out var acknowledged) && acknowledged != record.Key)
            _violations.Add(ViolationKind.Identity, $"{record.Id} was acknowledged for {acknowledged}, but {name} received it with {record.Key}.");
        if (!_deliveredIds.TryAdd(record.Key, record.Id) && _deliveredIds[record.Key] != record.Id)
            _violations.Add(ViolationKind.Twice, $"{record.Key} was delivered as two events: {_deliveredIds[record.Key]} and, to {name}, {record.Id}.");
        _delivered.TryAdd(position.Offset, record.Id);
    }

    private void CheckComplete(string name, SubscriberWalk seen)
    {
        foreach (var attempt in _attempts.Values)
        {
            if (attempt.Outcome == PublishOutcome.Acknowledged && !seen.Keys.Contains(attempt.Key))
                CheckMissing(attempt.Id, $"{name} never received {attempt.Key}, which was acknowledged as {attempt.Id}", seen);
        }

        foreach (var (offset, id) in _delivered)
        {
            if (offset <= _lastOffset && !seen.Offsets.Contains(offset) && !_acknowledgedKeys.ContainsKey(id))
                CheckMissing(id, $"{name} never received {id}, which another subscriber received", seen);
        }
    }

    private void CheckMissing(string id, string sentence, SubscriberWalk seen)
    {
        if (!Position.TryParse(id, out var position) || position.Offset >= _oldestKept)
            _violations.Add(ViolationKind.Lost, sentence + ".");
        else if (!seen.WasTold(position.Offset))
            _violations.Add(ViolationKind.Untold, sentence + ", and was not told of a gap before it went on.");
    }
}
