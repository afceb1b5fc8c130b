using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Fonte;

/// <summary>The output past the server's pipe, straight to a socket: chunks of HTTP/1.1 (RFC 9112, section 7.1), one for each event that is not large, encoded once for all.</summary>
/// <remarks>
/// The head of the response must be in the kernel before the first flush, and nobody else may write to the socket until the stream has ended between
/// two chunks. A chunk that was sent in part is finished before anything else, or the connection must be cut. docs/adr/0006 has the measurements.
/// </remarks>
/// <param name="socket">TCP, on Linux.</param>
/// <param name="abort">Cuts the connection, which ends a send that waits.</param>
internal sealed partial class SocketOutput(Socket socket, Action abort) : StreamOutput
{
    // Larger ones are sent from where they are rather than copied beside others.
    private const int LargePiece = 16 * 1024;

    // Of Linux (send(2), errno(3)).
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int TryAgain = 11;
    private const int Interrupted = 4;

    private SocketPiece _first;
    private List<SocketPiece>? _more;
    private long? _resume;
    private int _forgotten;

    internal override long? Resume => _resume;

    internal override int Forgotten => _forgotten;

    internal override int Write(EventFrame frame, int from, PumpScratch scratch)
    {
        var rest = frame.Bytes[from..];
        if (rest.Length > ChunkBytes || from > 0) return WriteSlice(frame, rest, scratch);
        if (Unflushed >= ChunkBytes) return 0;
        Add(new(frame.Chunk, frame.Offset + 1), scratch);
        return rest.Length;
    }

    // A large event goes in slices, each a chunk that is sent alone: who reads it slowly is seen to read, and holds no more than a slice.
    private int WriteSlice(EventFrame frame, ReadOnlySpan<byte> rest, PumpScratch scratch)
    {
        if (Unflushed > 0) return 0;
        var isLast = rest.Length <= ChunkBytes;
        var slice = isLast ? rest : rest[..ChunkBytes];
        Add(new(EventFrame.ToChunk(slice), isLast ? frame.Offset + 1 : frame.Offset), scratch);
        return slice.Length;
    }

    internal override void Write(SharedBlock block, long next, PumpScratch scratch) => Add(new(block.Chunk, next), scratch);

    internal override ValueTask<bool> FlushAsync(PumpScratch scratch)
    {
        var more = _more;
        try
        {
            return more is null ? Send(new(in _first), scratch) : Send(CollectionsMarshal.AsSpan(more), scratch);
        }
        catch (ObjectDisposedException)
        {
            return new(true);
        }
        finally
        {
            (_first, _more, Unflushed) = (default, null, 0);
            if (more is not null) scratch.Return(more);
        }
    }

    internal override void CancelFlush() => abort();

    private void Add(SocketPiece piece, PumpScratch scratch)
    {
        if (Unflushed == 0) _first = piece;
        else
        {
            if (_more is null) (_more = scratch.RentList()).Add(_first);
            _more.Add(piece);
        }
        Unflushed += piece.Chunk.Length;
    }

    private ValueTask<bool> Send(ReadOnlySpan<SocketPiece> pieces, PumpScratch scratch)
    {
        (_resume, _forgotten) = (null, 0);
        while (!pieces.IsEmpty)
        {
            var bytes = Gather(pieces, scratch, out var gathered);
            var sent = SendNow(bytes);
            if (sent < 0) return new(true);
            if (sent == bytes.Length)
            {
                pieces = pieces[gathered..];
                continue;
            }
            for (; sent >= pieces[0].Chunk.Length; pieces = pieces[1..]) sent -= pieces[0].Chunk.Length;
            // The bytes are shared, so a subscriber that waits here for long holds next to nothing.
            var rest = socket.SendAsync(pieces[0].Chunk.AsMemory(sent), SocketFlags.None);
            if (!rest.IsCompletedSuccessfully)
            {
                if (pieces.Length > 1) (_resume, _forgotten) = (pieces[0].Next, pieces.Length - 1);
                return EndAsync(rest);
            }
            pieces = pieces[1..];
        }
        return new(false);
    }

    // Socket.Send would tell that it would block, and not how much it has sent before that.
    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        var sent = Send(socket.SafeHandle, bytes, bytes.Length, DontWait | NoSignal);
        if (sent >= 0) return (int)sent;
        return Marshal.GetLastPInvokeError() is TryAgain or Interrupted ? 0 : -1;
    }

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, nint length, int flags);

    private static ReadOnlySpan<byte> Gather(ReadOnlySpan<SocketPiece> pieces, PumpScratch scratch, out int gathered)
    {
        var length = 0;
        for (gathered = 0; gathered < pieces.Length; gathered++)
        {
            var chunk = pieces[gathered].Chunk;
            if (gathered == 0 && (pieces.Length == 1 || chunk.Length >= LargePiece))
            {
                gathered = 1;
                return chunk;
            }
            if (chunk.Length >= LargePiece || length + chunk.Length > scratch.Buffer.Length) break;
            chunk.CopyTo(scratch.Buffer, length);
            length += chunk.Length;
        }
        return scratch.Buffer.AsSpan(0, length);
    }

    private static async ValueTask<bool> EndAsync(ValueTask<int> rest)
    {
        await rest.ConfigureAwait(false);
        return false;
    }
}

/// <summary>A chunk to send, and the subscriber's cursor when it is sent.</summary>
internal readonly record struct SocketPiece(byte[] Chunk, long Next);
