using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fonte.Bench;

/// <summary>One keep-alive connection that publishes its share of the events, each acknowledged before the next.</summary>
/// <remarks>
/// Event number n of the run belongs to lane n mod lanes and a topic at random and is due at n / rate; a lane that is late
/// publishes at once. Within a lane and topic the sequence is the order of acknowledgements, so subscribers can check it.
/// </remarks>
internal sealed class PublisherLane
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestFailure = TimeSpan.FromSeconds(10);
    private readonly BenchOptions _options;
    private readonly int _lane;
    private readonly EndPoint _endPoint;
    private readonly uint[] _sequences;
    private readonly HashSet<(int Topic, uint Sequence)> _excused = [];
    private readonly byte[] _request;
    private readonly int _topicAt;
    private readonly int _stampAt;
    private readonly BenchTarget _target;
    private HttpExchange? _exchange;
    private long _failingSince;

    public PublisherLane(BenchOptions options, BenchTarget target, EndPoint endPoint, int lane)
    {
        _options = options;
        _target = target;
        _lane = lane;
        _endPoint = endPoint;
        _sequences = new uint[options.Topics];
        (_request, _topicAt, _stampAt) = target.PublishRequest();
    }

    public LatencyHistogram Acknowledgement { get; } = new();

    public long Acknowledged { get; private set; }

    public long Refused { get; private set; }

    public long Unknown { get; private set; }

    /// <summary>Publishes until its share is done or <paramref name="end"/> (a <see cref="Stopwatch"/> timestamp) is reached.</summary>
    /// <exception cref="BenchException">The hub refuses to publish, or does not answer for 10 s.</exception>
    public async Task RunAsync(long start, long end, CancellationToken cancellationToken)
    {
        var total = (long)_options.Rate * _options.Seconds;
        try
        {
            for (long number = _lane; number < total; number += _options.Lanes)
            {
                var due = start + (long)(number * (double)Stopwatch.Frequency / _options.Rate);
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.FromMilliseconds(0.5))
                    await Task.Delay(wait, cancellationToken);
                if (Stopwatch.GetTimestamp() >= end)
                    return;
                await PublishAsync(TopicOf(number), cancellationToken);
            }
        }
        finally
        {
            _exchange?.Dispose();
        }
    }

    /// <summary>Adds, per topic, how many events the hub acknowledged to this lane.</summary>
    public void AddAcknowledged(long[] topics)
    {
        if (_options.Unheard)
            return;
        for (var topic = 0; topic < topics.Length; topic++)
            topics[topic] += _sequences[topic];
        foreach (var (topic, _) in _excused)
            topics[topic]--;
    }

    /// <summary>How many events the lane sent to a topic that is listened to.</summary>
    public uint SentTo(int topic) => _options.Unheard ? 0 : _sequences[topic];

    /// <summary>Whether that event was never acknowledged, so that it need not have come.</summary>
    public bool IsExcused(int topic, uint sequence) => _excused.Contains((topic, sequence));

    private async Task PublishAsync(int topic, CancellationToken cancellationToken)
    {
        var sequence = _sequences[topic]++;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTimeout);
        string failure;
        try
        {
            _exchange ??= await HttpExchange.ConnectAsync(_endPoint, limit.Token);
            var begun = Prepare(topic, sequence);
            var answer = await _exchange.SendAsync(_request, limit.Token);
            if (answer.IsLast)
            {
                _exchange.Dispose();
                _exchange = null;
            }

            if (answer.IsSuccess)
            {
                Acknowledgement.Record(Stopwatch.GetTimestamp() - begun);
                Acknowledged++;
                _failingSince = 0;
                return;
            }

            if (answer.Status is >= 400 and < 500 and not 429)
                throw Refusal(answer);
            Refused++;
            failure = $"it answers {answer.Status}";
            await Task.Delay(RetryDelay(answer), cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException ||
            (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Without a connection nothing was sent.
            if (_exchange is null)
                Refused++;
            else
                Unknown++;
            failure = exception is SocketException ? exception.Message : "it does not answer";
            _exchange?.Dispose();
            _exchange = null;
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }

        _excused.Add((topic, sequence));
        if (_failingSince == 0)
            _failingSince = Stopwatch.GetTimestamp();
        else if (Stopwatch.GetElapsedTime(_failingSince) > LongestFailure)
            throw new BenchException($"The hub has not accepted an event for 10 s: {failure}.");
    }

    private long Prepare(int topic, uint sequence)
    {
        if (_topicAt >= 0) Encoding.ASCII.GetBytes(_target.TopicName(_options.Unheard ? BenchOptions.MaximumTopics : topic), _request.AsSpan(_topicAt));
        var now = Stopwatch.GetTimestamp();
        new Stamp(_lane, sequence, now).Write(_request.AsSpan(_stampAt, Stamp.Length));
        return now;
    }

    // The multiplier of a linear congruential generator whose high bits pass for random (L'Ecuyer 1999, table 4).
    private int TopicOf(long number) => (int)(unchecked((ulong)number * 2862933555777941757UL) >> 33) % _options.Topics;

    private static TimeSpan RetryDelay(HttpAnswer answer) =>
        int.TryParse(answer.RetryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, 1))
            : TimeSpan.FromMilliseconds(100);

    private static BenchException Refusal(HttpAnswer answer)
    {
        var hint = answer.Status is 401 or 403 ? " Start the hub with --dev to let the run publish." : "";
        var body = answer.Body.ReplaceLineEndings(" ").Trim();
        return new BenchException(string.Create(CultureInfo.InvariantCulture,
            $"The hub answers {answer.Status} to a publish{(body.Length > 0 ? ": " + body[..Math.Min(body.Length, 300)] : ".")}{hint}"));
    }
}
