using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Fonte.Tests.Log.Tools;

public sealed class LogVerifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Database => _folder.File("fonte.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sound_log_is_sound_and_its_folder_stays_as_it_was()
    {
        await ToolLogs.MakeAsync(_folder.Path, 700);
        var before = (SHA256.HashData(File.ReadAllBytes(Database)), Directory.GetFiles(_folder.Path).Order());
        var (result, damages) = ToolLogs.Verify(_folder.Path);
        Assert.Empty(damages);
        Assert.Equal(new LogVerification(700, 0, true), result);
        Assert.Equal(before.Item1, SHA256.HashData(File.ReadAllBytes(Database)));
        Assert.Equal(before.Item2, Directory.GetFiles(_folder.Path).Order());
    }

    [Fact]
    public async Task Log_that_a_server_has_open_is_verified()
    {
        await using var log = ToolLogs.Open(_folder.Path);
        await ToolLogs.AppendAsync(log, 100);
        Assert.Equal(new LogVerification(100, 0, true), ToolLogs.Verify(_folder.Path).Result);
        await ToolLogs.AppendAsync(log, 1, seed: 2);
    }

    /// <summary>
    /// Over the whole file: what has no meaning (free pages, the rest of pages) is left out by what is asked, which is that damage is named or every event
    /// is as it was.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_flipped_bit_is_found_or_changes_no_event(int seed)
    {
        await ToolLogs.MakeAsync(_folder.Path, 400, seed);
        // Free pages and marks; those of the later seeds reach to the end, so that an event that vanished is no gap without a mark.
        var mark = seed == 1 ? 61 : 401;
        ToolLogs.Execute(_folder.Path, $"DELETE FROM event WHERE offset BETWEEN 20 AND 60; INSERT INTO truncated VALUES ('topic/1', {mark}); INSERT INTO retained VALUES ('old', 61);");
        var sound = ToolLogs.Events(_folder.Path);
        Assert.Empty(ToolLogs.Verify(_folder.Path).Damages);
        var bytes = File.ReadAllBytes(Database);
        var random = new Random(seed);
        var found = 0;
        for (var n = 0; n < 300; n++)
        {
            // The beginning, where everything has a meaning, gets its share.
            var bit = n < 100 ? random.Next(4096 * 8) : random.Next(bytes.Length * 8);
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Database, flipped);
            if (IsNamed()) found++;
            else Assert.True(sound.SequenceEqual(ToolLogs.Events(_folder.Path)), $"Bit {bit % 8} of byte {bit / 8} (seed {seed}) changes an event unnoticed.");
            Assert.Equal(flipped, File.ReadAllBytes(Database));
        }
        Assert.InRange(found, 30, 299);
    }

    /// <summary>Its epochs, next offset and marks have no checksum; a mark that falls would be a silent gap.</summary>
    [Fact]
    public async Task Any_flipped_bit_in_what_the_log_says_of_itself_is_found_or_changes_nothing()
    {
        await ToolLogs.MakeAsync(_folder.Path, 100);
        ToolLogs.Execute(_folder.Path, "INSERT INTO truncated VALUES ('marked', 99); INSERT INTO retained VALUES ('rule', 98); UPDATE state SET next_offset = 80;");
        ToolLogs.Execute(_folder.Path, "INSERT INTO epoch VALUES (2, 'aaaaaaaaaaaa', 50, 0), (3, 'bbbbbbbbbbbb', 90, 0)");
        Assert.Empty(ToolLogs.Verify(_folder.Path).Damages);
        var sound = ToolLogs.Self(_folder.Path);
        var bytes = File.ReadAllBytes(Database);
        var pages = ToolLogs.Pages(_folder.Path, "epoch", "state", "truncated", "retained");
        var random = new Random(4);
        for (var n = 0; n < 600; n++)
        {
            // Cells fill a page from its end.
            var bit = (pages[n % pages.Count] * 4096 - 1 - random.Next(120)) * 8 + random.Next(8);
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Database, flipped);
            if (!IsNamed()) Assert.True(sound == ToolLogs.Self(_folder.Path), $"Bit {bit % 8} of byte {bit / 8} changes what the log says of itself unnoticed.");
        }
    }

    [Fact]
    public async Task Changed_event_is_named_by_its_offset_and_the_others_are_counted()
    {
        await ToolLogs.MakeAsync(_folder.Path, 10);
        ToolLogs.Execute(_folder.Path, "UPDATE event SET data = x'00' WHERE offset IN (3, 7)");
        var (result, damages) = ToolLogs.Verify(_folder.Path);
        Assert.Equal([3, 7], damages.Select(damage => damage.Offset));
        Assert.Contains("offset 3", damages[0].Sentence, StringComparison.Ordinal);
        Assert.Equal(8, result.Events);
    }

    [Theory]
    [InlineData("DELETE FROM event WHERE offset = 5", 5)]
    [InlineData("DELETE FROM event WHERE offset IN (9, 10); UPDATE state SET next_offset = 11", 9)]
    [InlineData("DELETE FROM event WHERE offset = 5; INSERT INTO truncated VALUES ('a', 4)", 5)]
    public async Task Event_that_is_missing_without_a_mark_is_found(string damage, long offset)
    {
        await ToolLogs.MakeAsync(_folder.Path, 10);
        ToolLogs.Execute(_folder.Path, damage);
        var found = Assert.Single(ToolLogs.Verify(_folder.Path).Damages);
        Assert.Equal(offset, found.Offset);
        Assert.Contains("missing", found.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM event WHERE offset = 5; INSERT INTO truncated VALUES ('a', 6)")]
    [InlineData("DELETE FROM event WHERE offset = 5; INSERT INTO retained VALUES ('', 6)")]
    [InlineData("DELETE FROM event WHERE offset < 5")]
    [InlineData("DELETE FROM event; UPDATE state SET next_offset = 11")]
    public async Task Event_that_retention_took_is_no_damage(string retention)
    {
        await ToolLogs.MakeAsync(_folder.Path, 10);
        ToolLogs.Execute(_folder.Path, retention);
        Assert.Empty(ToolLogs.Verify(_folder.Path).Damages);
    }

    [Theory]
    [InlineData("UPDATE epoch SET first_offset = 100", "lineage")]
    [InlineData("UPDATE epoch SET epoch = 'x'", "lineage")]
    [InlineData("INSERT INTO epoch VALUES (9, 'aaaaaaaaaaaa', 0, 0)", "lineage")]
    [InlineData("UPDATE state SET next_offset = 0", "next offset")]
    [InlineData("INSERT INTO truncated VALUES ('a', 99)", "marks")]
    [InlineData("INSERT INTO retained VALUES ('a', -1)", "marks")]
    [InlineData("UPDATE event SET id_hash = 1 WHERE id IS NOT NULL AND offset < 5", "hash of its ID")]
    public async Task What_the_log_says_of_itself_must_fit(string damage, string expected)
    {
        await ToolLogs.MakeAsync(_folder.Path, 10);
        ToolLogs.Execute(_folder.Path, damage);
        Assert.Contains(expected, Assert.Single(ToolLogs.Verify(_folder.Path).Damages).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_that_is_lost_is_named_and_the_events_behind_it_are_read()
    {
        await ToolLogs.MakeAsync(_folder.Path, 500);
        var all = ToolLogs.Events(_folder.Path);
        var bytes = File.ReadAllBytes(Database);
        // A leaf of the table holds cells of events; the one with this event is ruined.
        var page = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("251 \r\n")) / 4096;
        bytes.AsSpan(page * 4096, 4096).Fill(0xA5);
        File.WriteAllBytes(Database, bytes);
        var (result, damages) = ToolLogs.Verify(_folder.Path);
        Assert.Contains(damages, damage => damage.Sentence.Contains("structure", StringComparison.Ordinal));
        var lost = Assert.Single(damages, damage => damage.LastOffset is not null);
        Assert.InRange(252, lost.Offset!.Value, lost.LastOffset!.Value);
        Assert.Equal(500 - (lost.LastOffset - lost.Offset + 1), result.Events);
        var readable = ToolLogs.Events(_folder.Path);
        Assert.Equal(all.Take((int)lost.Offset - 1).Concat(all.Skip((int)lost.LastOffset)), readable.Where(text => !text.StartsWith("The", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Frame_that_is_damaged_in_the_write_ahead_log_of_a_killed_server_is_found()
    {
        using var killed = new TemporaryFolder();
        await using (var log = ToolLogs.Open(_folder.Path))
        {
            for (var n = 0; n < 5; n++) await ToolLogs.AppendAsync(log, 1, seed: n);
            // What is on the disk now is what kill -9 leaves.
            foreach (var name in (string[])["fonte.db", "fonte.db-wal"]) File.Copy(_folder.File(name), killed.File(name));
        }
        Assert.Equal(new LogVerification(5, 0, true), ToolLogs.Verify(killed.Path).Result);
        File.Delete(killed.File("fonte.db-shm"));
        var bytes = File.ReadAllBytes(killed.File("fonte.db-wal"));
        bytes[^5000] ^= 4;
        File.WriteAllBytes(killed.File("fonte.db-wal"), bytes);
        var (result, damages) = ToolLogs.Verify(killed.Path);
        Assert.Contains("write-ahead log", Assert.Single(damages).Sentence, StringComparison.Ordinal);
        Assert.InRange(result.Events, 1, 4);
    }

    private bool IsNamed()
    {
        try
        {
            return ToolLogs.Verify(_folder.Path).Damages.Count > 0;
        }
        catch (LogUnavailableException)
        {
            return true;
        }
    }
}
