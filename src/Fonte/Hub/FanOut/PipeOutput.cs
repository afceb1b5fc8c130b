using System.Buffers;
using System.IO.Pipelines;

namespace Fonte;

/// <summary>The ordinary output: a pipe that somebody else sends from.</summary>
internal sealed class PipeOutput(PipeWriter pipe) : StreamOutput
{
    internal override int Write(EventFrame frame, int from, PumpScratch scratch)
    {
        var rest = frame.Bytes[from..];
        var part = rest[..Math.Clamp(ChunkBytes - Unflushed, 0, rest.Length)];
        pipe.Write(part);
        Unflushed += part.Length;
        return part.Length;
    }

    internal override void Write(SharedBlock block, long next, PumpScratch scratch)
    {
        pipe.Write(block.Bytes);
        Unflushed += block.Bytes.Length;
    }

    internal override ValueTask<bool> FlushAsync(PumpScratch scratch)
    {
        Unflushed = 0;
        var flush = pipe.FlushAsync();
        return flush.IsCompletedSuccessfully ? new(flush.Result.IsCompleted) : EndAsync(flush);
    }

    internal override void CancelFlush() => pipe.CancelPendingFlush();

    private static async ValueTask<bool> EndAsync(ValueTask<FlushResult> flush) => (await flush.ConfigureAwait(false)).IsCompleted;
}
