using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fonte.Bench;

namespace Fonte.Durability;

/// <summary>What a subscriber does beside reading.</summary>
/// <param name="Cuts">It ends its connections at random bytes.</param>
/// <param name="Stalls">It stops reading for a while.</param>
internal sealed record SubscriberHabits(bool Cuts, bool Stalls);

/// <summary>One subscriber: resumes with its cursor whenever the connection ends, and ends it itself at random bytes.</summary>
internal sealed class SubscriberWorker : IDisposable
{
    // Longer than a heartbeat: a stream that is silent for so long is broken.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(40);
    private const int SlowBuffer = 8 * 1024;
    private readonly IPEndPoint _endPoint;
    private readonly Random _random;
    private readonly RecordFile _records;
    private readonly SubscriberHabits _habits;
    private readonly Action _onSubscribed;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private string _cursor = "earliest";
    private long _offset = -1;
    private long _wanted = long.MaxValue;
    private long _nextStall;

    public SubscriberWorker(IPEndPoint endPoint, string folder, int index, int seed, SubscriberHabits habits, Action onSubscribed)
    {
        _endPoint = endPoint;
        _random = new Random(unchecked((seed * 1_000_003) - index - 1));
        _records = new RecordFile(RecordFile.SubscriberPath(folder, index));
        _habits = habits;
        _onSubscribed = onSubscribed;
        _nextStall = Environment.TickCount64 + _random.Next(4_000);
    }

    /// <summary>Whether the offset that <see cref="Finish"/> named is reached.</summary>
    private bool IsFinished => _offset >= Volatile.Read(ref _wanted);

    private bool IsFinishing => Volatile.Read(ref _wanted) != long.MaxValue;

    /// <summary>Lets the subscriber end once it has reached this offset.</summary>
    public void Finish(long offset) => Volatile.Write(ref _wanted, offset);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!IsFinished)
        {
            var reason = await ListenAsync(cancellationToken);
            if (reason is not null)
                _records.Write($"end {reason}");
            if (reason is not ("cut" or "finished"))
                await Task.Delay(_random.Next(30, 120), cancellationToken);
        }
    }

    public void Dispose() => _records.Dispose();

    /// <returns>Why the connection ended, or <see langword="null"/> when there was none.</returns>
    private async Task<string?> ListenAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(_endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // A small buffer, so that one who stalls is felt by the server and not only by this machine's kernel.
        if (_habits.Stalls && !IsFinishing && _random.Next(6) == 0)
            socket.ReceiveBufferSize = SlowBuffer;
        var isConnected = false;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(LongestSilence);
            await socket.ConnectAsync(_endPoint, limit.Token);
            isConnected = true;
            _records.Write($"open {_cursor}");
            await socket.SendAsync(Request(), SocketFlags.None, limit.Token);
            return await ReadAsync(socket, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "silent";
        }
        catch (Exception exception) when (exception is SocketException or BenchException)
        {
            return isConnected ? "broken" : null;
        }
    }

    private async Task<string> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var left = BytesUntilCut();
        var decoder = new ResponseDecoder();
        var blocks = new BlockReader(TakeBlock);
        var isAnswered = false;
        while (!IsFinished)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(LongestSilence);
            var received = await socket.ReceiveAsync(_buffer.AsMemory(0, (int)Math.Min(left, _buffer.Length)), SocketFlags.None, limit.Token);
            left -= received;
            Decode(decoder, blocks, received);
            if (!isAnswered && decoder.Head is { } head)
            {
                isAnswered = true;
                RequireStream(head);
            }

            if (received == 0 || decoder.IsComplete)
                return "ended";
            if (left == 0)
            {
                // Half of the cuts as a reset, half as an orderly end.
                if (_random.Next(2) == 0)
                    socket.LingerState = new LingerOption(true, 0);
                return "cut";
            }

            if (_habits.Stalls && !IsFinishing && Environment.TickCount64 >= _nextStall)
            {
                await Task.Delay(_random.Next(200, 3_000), cancellationToken);
                _nextStall = Environment.TickCount64 + _random.Next(1_000, 6_000);
                // Half of those who stalled go without reading what waits for them.
                left = _random.Next(2) == 0 ? left : Math.Min(left, 1);
            }
        }

        return "finished";
    }

    private void RequireStream(ResponseHead head)
    {
        if (head.Status is >= 400 and < 500)
            throw new CheckerException($"The server answers {head.Status} to a subscriber.");
        if (head["Mercure-Last-Event-ID"] is { Length: > 0 } answered)
            _records.Write($"answered {answered}");
    }

    private void Decode(ResponseDecoder decoder, BlockReader blocks, int received)
    {
        ReadOnlySpan<byte> input = _buffer.AsSpan(0, received);
        while (decoder.TryRead(ref input, out var body))
        {
            if (decoder.Head!.Status == 200)
                blocks.Read(body);
        }
    }

    private void TakeBlock(StreamBlock block)
    {
        var id = block.Id ?? "-";
        if (block.Type == "fonte-gap")
            _records.Write($"gap {id} {GapData.Read(block.Data)}");
        else if (block.Data is { } data)
            _records.Write($"event {id} {Content.KeyOf(data)} {Content.DigestOf(data)}");
        else
            _records.Write($"position {id}");
        if (!Position.TryParse(id, out var position))
            return;
        _cursor = id;
        _offset = position.Offset;
        _onSubscribed();
    }

    private byte[] Request()
    {
        var path = "/.well-known/mercure?" + string.Join('&', Content.Topics.Select(topic => "match=" + topic));
        var inField = _random.Next(2) == 0;
        var query = inField ? "" : "&last_event_id=" + Uri.EscapeDataString(_cursor);
        var field = inField ? $"Last-Event-ID: {_cursor}\r\n" : "";
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"GET {path}{query} HTTP/1.1\r\nHost: {_endPoint}\r\nAccept: text/event-stream\r\n{field}\r\n"));
    }

    // Some cuts fall into the head or the position block, most among the events, some after a long replay.
    private long BytesUntilCut() => !_habits.Cuts ? long.MaxValue : _random.Next(10) switch
    {
        0 => _random.Next(1, 700),
        < 8 => _random.Next(700, 60_000),
        _ => _random.Next(60_000, 1_000_000),
    };
}
