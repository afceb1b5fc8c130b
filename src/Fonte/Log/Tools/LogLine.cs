using System.Text.Json;

namespace Fonte;

/// <summary>A line of an export, as it was read: which fields it has, and their values.</summary>
internal ref struct LogLine
{
    internal const int Version = 1;

    [Flags]
    internal enum Fields
    {
        None = 0,
        Fonte = 1 << 0,
        Version = 1 << 1,
        Lineage = 1 << 2,
        Oldest = 1 << 3,
        Next = 1 << 4,
        Events = 1 << 5,
        Offset = 1 << 6,
        Time = 1 << 7,
        Topics = 1 << 8,
        Id = 1 << 9,
        Type = 1 << 10,
        Retry = 1 << 11,
        Private = 1 << 12,
        Data = 1 << 13,
        IdempotencyKey = 1 << 14,
        Truncated = 1 << 15,
        Topic = 1 << 16,
        Rule = 1 << 17,
        To = 1 << 18,
    }

    private const Fields OfHeader = Fields.Fonte | Fields.Version | Fields.Lineage | Fields.Oldest | Fields.Next;
    private const Fields OfEnd = Fields.Fonte | Fields.Events;
    private const Fields OfMark = Fields.Truncated | Fields.Topic | Fields.Rule | Fields.To;
    private const Fields OfEvent = Fields.Offset | Fields.Time | Fields.Topics | Fields.Id | Fields.Type | Fields.Retry | Fields.Private | Fields.Data | Fields.IdempotencyKey;

    private Fields _seen;
    private List<LogEpoch>? _lineage;
    private List<string>? _topics;

    internal string? Fonte { get; private set; }
    internal readonly IReadOnlyList<LogEpoch> Lineage => _lineage ?? [];
    internal long FormatVersion { get; private set; }
    internal long Oldest { get; private set; }
    internal long Next { get; private set; }
    internal long Events { get; private set; }
    internal long? Offset { get; private set; }
    internal long? TimeMicroseconds { get; private set; }
    internal readonly IReadOnlyList<string> Topics => _topics ?? [];
    internal string? Id { get; private set; }
    internal string? Type { get; private set; }
    internal int? RetryMilliseconds { get; private set; }
    internal bool Private { get; private set; }
    internal byte[] Data { get; private set; } = [];
    internal byte[]? Seal { get; private set; }
    internal string? Truncated { get; private set; }
    internal string? Topic { get; private set; }
    internal string? Rule { get; private set; }
    internal long To { get; private set; }

    public LogLine() { }

    /// <summary>Reads one line.</summary>
    /// <exception cref="FormatException">With what is wrong, to follow the line's number.</exception>
    internal static LogLine Parse(ReadOnlySpan<byte> utf8)
    {
        var line = new LogLine();
        var json = new Utf8JsonReader(utf8);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new FormatException("it is not a JSON object");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName) line.ReadField(ref json);
            if (json.Read()) throw new FormatException("something follows the JSON object");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"it is not JSON ({exception.Message.Split(". ", 2)[0].Split(" LineNumber", 2)[0].TrimEnd('.')})", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException("a text is not valid Unicode", exception);
        }
        line.CheckFields();
        return line;
    }

    private void ReadField(ref Utf8JsonReader json)
    {
        var name = json.GetString()!;
        if (!TryNameField(name, out var field)) throw new FormatException($"it has a field that is not known, '{(name.Length <= 40 ? name : name[..40] + "…")}'");
        if ((_seen & field) != 0) throw new FormatException($"it has the field '{name}' twice");
        _seen |= field;
        json.Read();
        switch (field)
        {
            case Fields.Fonte: Fonte = LogLineValues.Text(ref json, name); break;
            case Fields.Version: FormatVersion = LogLineValues.Number(ref json, name); break;
            case Fields.Lineage: _lineage = LogLineValues.Lineage(ref json); break;
            case Fields.Oldest: Oldest = LogLineValues.Number(ref json, name); break;
            case Fields.Next: Next = LogLineValues.Number(ref json, name); break;
            case Fields.Events: Events = LogLineValues.Number(ref json, name); break;
            case Fields.Offset: Offset = LogLineValues.Number(ref json, name); break;
            case Fields.Time: TimeMicroseconds = LogLineValues.Time(ref json); break;
            case Fields.Topics: _topics = LogLineValues.Texts(ref json, name); break;
            case Fields.Id: Id = LogLineValues.Text(ref json, name); break;
            case Fields.Type: Type = LogLineValues.Text(ref json, name); break;
            case Fields.Retry: RetryMilliseconds = (int)Math.Min(int.MaxValue, LogLineValues.Number(ref json, name)); break;
            case Fields.Private: Private = LogLineValues.Flag(ref json, name); break;
            case Fields.Data: Data = LogLineValues.Utf8(ref json, name); break;
            case Fields.IdempotencyKey: Seal = LogLineValues.Seal(ref json); break;
            case Fields.Truncated: Truncated = LogLineValues.Text(ref json, name); break;
            case Fields.Topic: Topic = LogLineValues.Text(ref json, name); break;
            case Fields.Rule: Rule = LogLineValues.Text(ref json, name); break;
            case Fields.To: To = LogLineValues.Number(ref json, name); break;
        }
    }

    private static bool TryNameField(string name, out Fields field)
    {
        field = name switch
        {
            "fonte" => Fields.Fonte,
            "version" => Fields.Version,
            "lineage" => Fields.Lineage,
            "oldest" => Fields.Oldest,
            "next" => Fields.Next,
            "events" => Fields.Events,
            "offset" => Fields.Offset,
            "time" => Fields.Time,
            "topics" => Fields.Topics,
            "id" => Fields.Id,
            "type" => Fields.Type,
            "retry" => Fields.Retry,
            "private" => Fields.Private,
            "data" => Fields.Data,
            "idempotency_key" => Fields.IdempotencyKey,
            "truncated" => Fields.Truncated,
            "topic" => Fields.Topic,
            "rule" => Fields.Rule,
            "to" => Fields.To,
            _ => Fields.None,
        };
        return field != Fields.None;
    }

    private readonly void CheckFields()
    {
        var (kind, allowed, needed) = this switch
        {
            { Fonte: "log" } => ("a header", OfHeader, OfHeader),
            { Fonte: "end" } => ("the last line", OfEnd, OfEnd),
            { Fonte: not null } => throw new FormatException("its field 'fonte' is neither \"log\" nor \"end\""),
            { Truncated: "all" } => ("a mark", Fields.Truncated | Fields.To, Fields.Truncated | Fields.To),
            { Truncated: "topic" } => ("a mark", OfMark & ~Fields.Rule, OfMark & ~Fields.Rule),
            { Truncated: "rule" } => ("a mark", OfMark & ~Fields.Topic, OfMark & ~Fields.Topic),
            { Truncated: not null } => throw new FormatException("its field 'truncated' is not \"topic\", \"rule\" or \"all\""),
            _ => ("an event", OfEvent, Fields.Topics),
        };
        if ((_seen & ~allowed) != 0) throw new FormatException($"it has a field that {kind} does not have");
        if ((needed & ~_seen) != 0) throw new FormatException(needed == Fields.Topics ? "it has no field 'topics'" : $"it lacks a field that {kind} has");
    }
}
