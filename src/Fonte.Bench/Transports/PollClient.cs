using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace Fonte.Bench;

/// <summary>Asks again and again over one connection: each interval, or with a wait at once, because the server then answers when there is something.</summary>
internal sealed class PollClient(BenchRun run, BenchTarget target, string topic, TimeSpan interval, int waitSeconds, TimeSpan phase) : TransportClient(run, target, topic)
{
    private const string Path = "/fonte/poll";
    private readonly ResponseDecoder _decoder = new();
    private readonly ArrayBufferWriter<byte> _body = new();
    private string? _position;

    protected override async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        await PollAsync(wait: 0, cancellationToken);
        IsOpen = true;
        // Not all at the same moment, as in life.
        if (interval > TimeSpan.Zero) await Task.Delay(phase, cancellationToken);
        for (var due = Stopwatch.GetTimestamp(); ; due += (long)(interval.TotalSeconds * Stopwatch.Frequency))
        {
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (interval > TimeSpan.Zero && left > TimeSpan.Zero) await Task.Delay(left, cancellationToken);
            await PollAsync(waitSeconds, cancellationToken);
        }
    }

    private async Task PollAsync(int wait, CancellationToken cancellationToken)
    {
        var cursor = _position is null ? "" : "&last_event_id=" + _position;
        await SendAsync(Target.Get($"{Path}?match={Topic}&wait={wait}{cursor}"), cancellationToken);
        _decoder.Reset();
        _body.Clear();
        while (!_decoder.IsComplete) Decode((await ReadAsync(cancellationToken)).Span);
        RequireStatus(_decoder.Head!, 200, Path);
        Take(_body.WrittenSpan, "\"data\":\""u8);
        _position = PositionIn(_body.WrittenSpan);
    }

    private void Decode(ReadOnlySpan<byte> input)
    {
        while (_decoder.TryRead(ref input, out var piece)) _body.Write(piece);
    }

    private static string PositionIn(ReadOnlySpan<byte> body)
    {
        var begin = "{\"last_event_id\":\""u8;
        if (!body.StartsWith(begin)) throw new BenchException($"The answer at {Path} does not begin with a position.");
        body = body[begin.Length..];
        return Encoding.ASCII.GetString(body[..body.IndexOf((byte)'"')]);
    }
}
