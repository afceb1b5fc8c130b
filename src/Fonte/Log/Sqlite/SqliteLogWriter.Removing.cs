using SQLitePCL;

namespace Fonte;

/// <content>What goes.</content>
internal sealed partial class SqliteLogWriter
{
    private readonly SqliteStatement _dropBelow;
    private readonly SqliteStatement _dropOne;
    private readonly SqliteStatement _mark;
    private readonly SqliteStatement _markRule;
    private readonly SqliteStatement _keepNext;
    private readonly SqliteStatement _erased;
    private readonly SqliteStatement _forgetMarks;

    /// <summary>How many pages hold something, and how many are free.</summary>
    internal (long Used, long Free) Pages
    {
        get
        {
            var free = _connection.Scalar("PRAGMA freelist_count");
            return (_connection.Scalar("PRAGMA page_count") - free, free);
        }
    }

    /// <summary>Gives so many free pages back to the file system.</summary>
    internal void Shrink(int pages) => _connection.Execute($"PRAGMA incremental_vacuum({pages})");

    /// <summary>Whether the bytes of what goes are overwritten (secure_delete), and not only freed.</summary>
    internal void Overwrite(bool isWanted) => _connection.Execute(isWanted ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = OFF");

    /// <summary>Deletes events below an offset, so many at most; returns how many those were.</summary>
    internal int DropBelow(long offset, int most)
    {
        _dropBelow.Bind(1, offset);
        _dropBelow.Bind(2, most);
        return Changes(_dropBelow);
    }

    internal int Drop(long offset)
    {
        _dropOne.Bind(1, offset);
        return Changes(_dropOne);
    }

    /// <summary>Forgets marks of topics that the log's oldest offset has passed, a few at a time.</summary>
    internal void ForgetMarks(long below)
    {
        _forgetMarks.Bind(1, below);
        _forgetMarks.Run();
    }

    internal void Mark(string topic, long truncatedTo) => Mark(_mark, topic, truncatedTo);

    internal void MarkRule(string pattern, long truncatedTo) => Mark(_markRule, pattern, truncatedTo);

    /// <summary>Keeps the count, which would begin at 1 again in an emptied table.</summary>
    internal void KeepNext(long next)
    {
        _keepNext.Bind(1, next);
        _keepNext.Run();
    }

    /// <summary>Answers whoever asked for an erasure.</summary>
    internal void AnswerErasure(string topic, long erased)
    {
        _erased.BindText(1, topic);
        _erased.Bind(2, erased);
        _erased.Run();
    }

    private int Changes(SqliteStatement statement)
    {
        statement.Run();
        return raw.sqlite3_changes(_connection.Handle);
    }

    private static void Mark(SqliteStatement statement, string name, long truncatedTo)
    {
        statement.BindText(1, name);
        statement.Bind(2, truncatedTo);
        statement.Run();
    }
}
