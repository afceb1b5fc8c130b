using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Tests.Log;

/// <summary>A log that cannot be used: a sentence that names the file, and the file as it was.</summary>
public sealed class SqliteLogFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Database => _folder.File("fonte.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_that_is_no_database_is_refused_untouched()
    {
        File.WriteAllText(Database, "these are the notes of somebody else, and rather long ones, so that they would fill a header of a hundred bytes");
        AssertRefused("is not a Fonte log");
    }

    [Fact]
    public void Empty_file_is_refused_untouched()
    {
        File.WriteAllText(Database, "");
        AssertRefused("is not a Fonte log");
    }

    [Fact]
    public void Database_of_another_program_is_refused_untouched()
    {
        Execute("CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine');");
        AssertRefused("is the database of another program");
    }

    [Fact]
    public async Task Log_of_a_newer_version_is_refused_untouched()
    {
        await MakeLogAsync(1);
        Execute("PRAGMA user_version = 99");
        AssertRefused("newer version of Fonte (format 99");
    }

    [Fact]
    public async Task Log_that_is_cut_short_is_refused_untouched()
    {
        await MakeLogAsync(500);
        using (var file = File.OpenWrite(Database)) file.SetLength(file.Length / 2);
        AssertRefused("cut short");
    }

    [Fact]
    public async Task Log_with_a_flipped_bit_in_the_newest_event_is_refused_untouched()
    {
        await MakeLogAsync(3, marker: "find-me-here");
        var bytes = await File.ReadAllBytesAsync(Database, TestContext.Current.CancellationToken);
        var place = bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes("find-me-here"));
        bytes[place] ^= 1;
        await File.WriteAllBytesAsync(Database, bytes, TestContext.Current.CancellationToken);
        AssertRefused("damaged");
    }

    [Fact]
    public async Task Log_with_a_ruined_schema_is_refused_untouched()
    {
        await MakeLogAsync(500);
        var bytes = await File.ReadAllBytesAsync(Database, TestContext.Current.CancellationToken);
        bytes.AsSpan(100, 3000).Fill(0x5A);
        await File.WriteAllBytesAsync(Database, bytes, TestContext.Current.CancellationToken);
        AssertRefused("damaged");
    }

    [Fact]
    public async Task Event_damaged_in_the_middle_is_told_when_it_is_read()
    {
        await MakeLogAsync(3);
        Execute("UPDATE event SET data = x'00' WHERE offset = 2");
        await using var log = Open();
        Assert.Single(log.Read(1, 1, long.MaxValue).Events);
        var exception = Assert.Throws<LogDamagedException>(() => log.Read(2, 1, long.MaxValue));
        Assert.Contains("offset 2", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Database, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_in_use_by_another_is_refused()
    {
        await using var first = Open();
        var exception = Assert.Throws<LogUnavailableException>(Open);
        Assert.Contains("in use by another server", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ahead_log_without_its_database_is_not_mixed_into_a_new_one()
    {
        File.WriteAllText(Database + "-wal", "x");
        var exception = Assert.Throws<LogUnavailableException>(Open);
        Assert.Contains("write-ahead log", exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Database));
    }

    [Fact]
    public void Folder_that_cannot_be_made_is_refused()
    {
        File.WriteAllText(_folder.File("file"), "");
        var exception = Assert.Throws<LogUnavailableException>(() => Open(_folder.File("file/data")));
        Assert.Contains(_folder.File("file/data"), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_that_was_half_made_when_the_power_went_is_made_anew()
    {
        File.WriteAllText(Database + ".new", "half");
        await using var log = Open();
        Assert.Equal(1, log.NextOffset);
    }

    private void AssertRefused(string expected)
    {
        var before = SHA256.HashData(File.ReadAllBytes(Database));
        var exception = Assert.Throws<LogUnavailableException>(Open);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Contains(Database, exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, SHA256.HashData(File.ReadAllBytes(Database)));
    }

    private async Task MakeLogAsync(int events, string marker = "event")
    {
        await using var log = Open();
        for (var n = 1; n <= events; n++) await log.AppendAsync(EventDraft.Create("a", $"{marker} {n} {new string('x', 100)}"), TestContext.Current.CancellationToken);
    }

    private void Execute(string sql)
    {
        using var connection = SqliteConnections.Open(Database, SqliteOpenMode.ReadWriteCreate);
        connection.Execute(sql);
    }

    private SqliteEventLog Open() => Open(_folder.Path);

    private static SqliteEventLog Open(string directory) => SqliteEventLog.Open(new() { Directory = directory, BallastBytes = 0 }, NullLogger<SqliteEventLog>.Instance);
}
