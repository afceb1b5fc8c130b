using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fonte;

/// <content>When the log cannot be written, and until it can again.</content>
public sealed partial class SqliteEventLog
{
    // Beside the ballast: for the write-ahead log to grow before the disk is full again.
    private const long LeastRoom = 8 * 1024 * 1024;

    // Events and pages in one transaction while nobody publishes.
    private const int LargeStep = 2048;
    private const int ShrinkAtOnce = 1024;

    private void Fail(Exception cause)
    {
        Log.WriteFailed(_logger, _file.Path, cause);
        var room = _ballast.FreeBytes;
        _isFull = cause is SqliteException { SqliteErrorCode: raw.SQLITE_FULL } || room < LeastRoom;
        _fault = _isFull
            ? $"The disk of the log {_file.Path} is full; publishing goes on when {_ballast.Bytes + LeastRoom} bytes are free."
            : $"The log {_file.Path} cannot be written: {cause.Message}";
        if (_isFull) _ballast.Release();
        Discard();
    }

    private void RecoverWhenPossible()
    {
        do
        {
            // Those that came in before the fault was known are answered at once, not when the disk is well again.
            foreach (var append in _pending.TakeAll())
            {
                append.Complete(new(AppendOutcome.Unavailable));
                _pending.Release(append.Size);
            }
        }
        while (!_pending.WaitForClose(RetryInterval) && !TryRecover());
    }

    /// <summary>
    /// Opens the database anew, makes sure that it is on the disk and can be written, and takes its word for what is in it: a commit
    /// that failed half way is either whole there or not at all. On a full disk retention works first, in the room that the ballast left.
    /// </summary>
    private bool TryRecover()
    {
        try
        {
            _writer ??= new SqliteLogWriter(_file.Path, isReplica: _options.Replica is not null);
            if (!_writer.TryProve())
            {
                Discard();
                return false;
            }
            if (_isFull && !TryMakeRoom()) return false;
            _writer.Relax(_options.Synchronous);
            var next = SqliteLogState.NextOffsetOf(_writer.Connection);
            if (next > _next)
            {
                FillOpenBlocks(_next, next);
                _next = next;
                _recent.Reset(next);
                _tail.Pulse();
            }
            _fault = null;
            Log.Recovered(_logger, _file.Path, next);
            return true;
        }
        catch (Exception exception)
        {
            Log.WriteFailed(_logger, _file.Path, exception);
            Discard();
            return false;
        }
    }

    /// <summary>Lets what is to go go, gives its room back to the file system, and makes the ballast again; false while there is too little.</summary>
    private bool TryMakeRoom()
    {
        for (var step = _removals.Next(_next, LargeStep); step is not null; step = _removals.Next(_next, LargeStep))
        {
            var (outcome, cause) = _writer!.Commit(new(), step);
            if (outcome != AppendOutcome.Appended) throw cause!;
            StepDone(step);
            if (_finished is not null) Finish(_finished);
        }
        for (var round = 0; round < 64 && _writer!.Pages.Free > 0 && _ballast.FreeBytes < _ballast.Bytes + LeastRoom; round++)
        {
            _writer.Shrink(ShrinkAtOnce);
            _writer.TryTruncateWal();
        }
        if (_ballast.FreeBytes < _ballast.Bytes + LeastRoom || !_ballast.TryMake()) return false;
        _isFull = false;
        return true;
    }
}
