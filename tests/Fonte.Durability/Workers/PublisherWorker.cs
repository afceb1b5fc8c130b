using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fonte.Bench;

namespace Fonte.Durability;

/// <summary>One publisher: each event acknowledged, refused or of unknown outcome before the next, and recorded as such.</summary>
internal sealed class PublisherWorker : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);
    private readonly IPEndPoint _endPoint;
    private readonly int _index;
    private readonly Random _random;
    private readonly RecordFile _records;
    private readonly Action<bool> _onAnswered;
    private readonly int _pause;
    private HttpExchange? _exchange;
    private int _count;

    /// <param name="endPoint">The server.</param>
    /// <param name="folder">For the records.</param>
    /// <param name="index">Which one it is.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="onAnswered">Told of each answer, and whether it is an acknowledgement.</param>
    /// <param name="pause">Milliseconds at most between two events.</param>
    public PublisherWorker(IPEndPoint endPoint, string folder, int index, int seed, Action<bool> onAnswered, int pause = 0)
    {
        _endPoint = endPoint;
        _index = index;
        _random = new Random(unchecked((seed * 1_000_003) + index));
        _records = new RecordFile(RecordFile.PublisherPath(folder, index));
        _onAnswered = onAnswered;
        _pause = pause;
    }

    /// <summary>Publishes until told to stop; the attempt in flight is finished first.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await PublishAsync() is null)
                await PauseAsync(_random.Next(30, 120), stop);
            else if (_pause > 0)
                await PauseAsync(_random.Next(_pause), stop);
        }
    }

    /// <summary>Makes one attempt.</summary>
    /// <returns>The acknowledged ID, or <see langword="null"/>.</returns>
    /// <exception cref="CheckerException">The hub refuses to publish at all.</exception>
    public async Task<string?> PublishAsync()
    {
        using var limit = new CancellationTokenSource(AnswerTimeout);
        try
        {
            _exchange ??= await HttpExchange.ConnectAsync(_endPoint, limit.Token);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Nothing was sent, so there is no attempt to record.
            return null;
        }

        var key = string.Create(CultureInfo.InvariantCulture, $"p{_index:D3}-{_count++}");
        var data = Content.Make(key, _random);
        var request = Request(Content.Topics[_random.Next(Content.Topics.Length)], data);
        _records.Write($"try {key} {Content.DigestOf(data)}");
        try
        {
            return Record(key, await _exchange.SendAsync(request, limit.Token));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or BenchException)
        {
            _records.Write($"unknown {key} {exception.GetType().Name}");
            _exchange.Dispose();
            _exchange = null;
            return null;
        }
    }

    public void Dispose()
    {
        _exchange?.Dispose();
        _records.Dispose();
    }

    private string? Record(string key, HttpAnswer answer)
    {
        if (answer.Status == 200)
        {
            var id = answer.Body.Trim();
            _records.Write($"ack {key} {(id.Contains(' ', StringComparison.Ordinal) || id.Length == 0 ? "-" : id)}");
            _onAnswered(true);
            return id;
        }

        // A 503 says which it is; anything else is no answer that the hub may give.
        var word = answer.Status switch
        {
            429 => "refused",
            503 when answer.Body.Contains("not-appended", StringComparison.Ordinal) => "refused",
            503 when answer.Body.Contains("outcome-unknown", StringComparison.Ordinal) => "unknown",
            _ => "wrong",
        };
        _records.Write(string.Create(CultureInfo.InvariantCulture, $"{word} {key} {answer.Status}"));
        _onAnswered(false);
        return answer.Status is >= 400 and < 500 and not 429
            ? throw new CheckerException($"The server answers {answer.Status} to a publish: {answer.Body.ReplaceLineEndings(" ")}")
            : null;
    }

    private static async Task PauseAsync(int milliseconds, CancellationToken stop) =>
        await Task.Delay(milliseconds, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private byte[] Request(string topic, string data)
    {
        var body = Encoding.ASCII.GetBytes($"topic={topic}&data={Uri.EscapeDataString(data)}");
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST /.well-known/mercure HTTP/1.1\r\nHost: {_endPoint}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
