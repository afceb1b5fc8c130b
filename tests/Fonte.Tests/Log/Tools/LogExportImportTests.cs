using System.Text;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.Tests.Log.Tools;

public sealed class LogExportImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Source => _folder.File("source");

    private string Target => _folder.File("target");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Imported_log_has_every_event_as_it_was_and_old_cursors_resume()
    {
        await ToolLogs.MakeAsync(Source, 300);
        var export = Export();
        var imported = Import(export);
        Assert.Equal((300, 301), (imported.Events, imported.NextOffset));
        Assert.Equal(ToolLogs.Events(Source), ToolLogs.Events(Target));
        Assert.Empty(ToolLogs.Verify(Target).Damages);
        await using var before = ToolLogs.Open(Source);
        await using var after = ToolLogs.Open(Target);
        Assert.Equal(before.Identity.At(300), after.Identity.At(300));
        Assert.Equal(imported.Epoch, after.Identity.Epoch);
        Assert.True(after.Identity.Includes(before.Identity.At(300)));
        Assert.False(after.Identity.Includes(before.Identity.At(301)));
        Assert.Equal(0, after.TruncatedTo(TopicSelection.All));
        Assert.Equal(before.FindEventId("own-4"), after.FindEventId("own-4"));
        await ToolLogs.AppendAsync(after, 1, seed: 2);
        Assert.Equal(302, after.NextOffset);
    }

    [Fact]
    public async Task Events_of_the_hubs_own_travel_in_an_export_and_are_refused_from_elsewhere()
    {
        await using (var log = ToolLogs.Open(Source))
            await log.AppendAsync(new() { Events = [new() { Topics = ["/.well-known/mercure/revocations"], Data = "{}"u8.ToArray(), Type = EventRules.HubType, Private = true }] }, TestContext.Current.CancellationToken);
        Assert.Equal(1, Import(Export()).Events);
        Assert.Equal(ToolLogs.Events(Source), ToolLogs.Events(Target));
        Directory.Delete(Target, recursive: true);
        var refused = Assert.Throws<LogImportException>(() => Import("{\"topics\":[\"/.well-known/mercure/revocations\"],\"data\":\"{}\"}\n"));
        Assert.Contains("the hub's own", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_that_is_repeated_after_an_import_is_recognised()
    {
        await ToolLogs.MakeAsync(Source, 10);
        Import(Export());
        await using var log = ToolLogs.Open(Target);
        var request = new PublishRequest { Events = [EventDraft.Create("a", "another")], IdempotencyKey = new("key 1 3", "scope") };
        Assert.Equal(AppendOutcome.KeyReused, (await log.AppendAsync(request, TestContext.Current.CancellationToken)).Outcome);
    }

    [Fact]
    public async Task Export_of_some_topics_leaves_a_mark_for_all_others()
    {
        await ToolLogs.MakeAsync(Source, 50);
        var export = Export(new() { Topics = ["topic/1"] });
        Assert.Contains("{\"truncated\":\"all\",\"to\":51}\n", export, StringComparison.Ordinal);
        Assert.Equal(7, Import(export).Events);
        Assert.All(ToolLogs.Events(Target), text => Assert.Contains("topic/1", text, StringComparison.Ordinal));
        Assert.Empty(ToolLogs.Verify(Target).Damages);
        await using var log = ToolLogs.Open(Target);
        Assert.Equal(51, log.TruncatedTo(new([TopicMatcher.Exact("topic/2")])));
    }

    [Fact]
    public async Task Export_from_an_offset_begins_there()
    {
        await ToolLogs.MakeAsync(Source, 50);
        Assert.Equal(10, Import(Export(new() { From = 41 })).Events);
        await using var log = ToolLogs.Open(Target);
        Assert.Equal((41, 51), (log.OldestOffset, log.NextOffset));
        Assert.Equal(0, log.TruncatedTo(TopicSelection.All));
    }

    [Fact]
    public async Task Export_beyond_the_end_is_an_empty_log_that_goes_on()
    {
        await ToolLogs.MakeAsync(Source, 5);
        Assert.Equal(new(0, 6), (Import(Export(new() { From = 1000 })) is var copy ? copy.Events : -1, copy.NextOffset));
        await using var log = ToolLogs.Open(Target);
        Assert.Equal((6, 6), (log.OldestOffset, log.NextOffset));
    }

    [Fact]
    public async Task Damaged_event_is_told_left_out_and_marked()
    {
        await ToolLogs.MakeAsync(Source, 20);
        ToolLogs.Execute(Source, "UPDATE event SET time = time + 1 WHERE offset = 7");
        var damages = new List<LogDamage>();
        Assert.Equal(19, Import(Export(new() { Damaged = damages.Add })).Events);
        Assert.Equal(7, Assert.Single(damages).Offset);
        Assert.Empty(ToolLogs.Verify(Target).Damages);
        await using var log = ToolLogs.Open(Target);
        Assert.Equal(8, log.TruncatedTo(new([TopicMatcher.Exact("topic/1")])));
    }

    [Fact]
    public async Task Marks_of_retention_and_erasure_travel_along()
    {
        await using (var log = ToolLogs.Open(Source))
        {
            await ToolLogs.AppendAsync(log, 30);
            Assert.NotEqual(0, await log.EraseAsync("topic/3", TestContext.Current.CancellationToken));
        }
        Import(Export());
        Assert.Equal(ToolLogs.Events(Source), ToolLogs.Events(Target));
        await using var source = ToolLogs.Open(Source);
        await using var target = ToolLogs.Open(Target);
        foreach (var topic in (string[])["topic/3", "topic/4", "alternate é"])
        {
            var selection = new TopicSelection([TopicMatcher.Exact(topic)]);
            Assert.Equal(source.TruncatedTo(selection), target.TruncatedTo(selection));
        }
        Assert.NotEqual(0, target.TruncatedTo(new([TopicMatcher.Exact("topic/3")])));
    }

    [Fact]
    public async Task Lines_from_elsewhere_get_offsets_and_times()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var lines = "\uFEFF{\"topics\":[\"a\"]}\r\n\n{\"data\":\"\\ud83d\\udc0c é\",\"topics\":[\"a\",\"b\"],\"time\":\"2026-01-02T04:04:06+01:00\"}\n{\"topics\":[\"c\"],\"offset\":9}";
        Assert.Equal((3, 10), (Import(lines, time) is var imported ? imported.Events : -1, imported.NextOffset));
        Assert.Equal(
            ["1|1767323045000000|a||||False||", "2|1767323046000000|a+b||||False|\U0001F40C é|", "9|1767323046000000|c||||False||"],
            ToolLogs.Events(Target));
        Assert.Empty(ToolLogs.Verify(Target).Damages);
        await using var log = ToolLogs.Open(Target);
        Assert.Equal(new LogEpoch(imported.Epoch, 1), Assert.Single(log.Identity.Lineage));
        Assert.Equal(9, log.TruncatedTo(TopicSelection.All));
    }

    [Theory]
    [InlineData("{\"topics\":[\"a\"]", "it is not JSON")]
    [InlineData("nonsense", "it is not JSON")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("{\"topics\":[\"a\"]} x", "it is not JSON")]
    [InlineData("{\"data\":\"x\"}", "it has no field 'topics'")]
    [InlineData("{\"topics\":\"a\"}", "'topics' is not a list of texts")]
    [InlineData("{\"topics\":[1]}", "'topics' is not a list of texts")]
    [InlineData("{\"topics\":[\"a\"],\"topics\":[\"a\"]}", "the field 'topics' twice")]
    [InlineData("{\"topics\":[\"a\"],\"topic\":\"a\"}", "a field that an event does not have")]
    [InlineData("{\"topics\":[\"a\"],\"dta\":\"a\"}", "a field that is not known, 'dta'")]
    [InlineData("{\"topics\":[\"*\"]}", "reserved")]
    [InlineData("{\"topics\":[\"a\\nb\"]}", "control")]
    [InlineData("{\"topics\":[\"a\"],\"data\":\"\\ud800\"}", "not valid Unicode")]
    [InlineData("{\"topics\":[\"a\"],\"data\":5}", "'data' is not a text")]
    [InlineData("{\"topics\":[\"a\"],\"private\":1}", "'private' is neither true nor false")]
    [InlineData("{\"topics\":[\"a\"],\"retry\":-1}", "'retry' is not a whole number")]
    [InlineData("{\"topics\":[\"a\"],\"id\":\"urn:fonte:x\"}", "The id may not")]
    [InlineData("{\"topics\":[\"a\"],\"time\":\"yesterday\"}", "'time' is not a time")]
    [InlineData("{\"topics\":[\"a\"],\"time\":\"2026-01-01T00:00:00\"}", "'time' is not a time")]
    [InlineData("{\"topics\":[\"a\"],\"time\":\"2020-01-01T00:00:00Z\"}", "its time is before that of the event before")]
    [InlineData("{\"topics\":[\"a\"],\"offset\":1}", "offset 1 is not above 1")]
    [InlineData("{\"topics\":[\"a\"],\"offset\":9223372036854775807}", "offset 9223372036854775807 is not above 1")]
    [InlineData("{\"topics\":[\"a\"],\"time\":\"2199-01-01T00:00:00Z\"}", "its time is in the future")]
    [InlineData("{\"topics\":[\"a\"],\"offset\":99999999999999}", "too far above")]
    [InlineData("{\"topics\":[\"a\"],\"idempotency_key\":\"YQ==\"}", "'idempotency_key' is not 32 bytes in base64")]
    [InlineData("{\"fonte\":\"log\",\"version\":1,\"lineage\":[{\"epoch\":\"aaaaaaaaaaaa\",\"first_offset\":1}],\"oldest\":1,\"next\":1}", "only in the first line")]
    [InlineData("{\"fonte\":\"end\",\"events\":1}", "header is missing")]
    [InlineData("{\"truncated\":\"all\",\"to\":1}", "needs the header")]
    [InlineData("{\"fonte\":\"tail\"}", "neither")]
    public void Malformed_line_is_told_by_its_number_and_leaves_nothing(string line, string expected)
    {
        var exception = Assert.Throws<LogImportException>(() => Import($"{{\"topics\":[\"a\"],\"time\":\"2026-01-01T00:00:00Z\"}}\n\n{line}\n{{\"topics\":[\"a\"]}}\n"));
        Assert.Equal(3, exception.Line);
        Assert.StartsWith("Line 3 ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal(["fonte.lock"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2", "version 2")]
    [InlineData("\"next\":6", "\"next\":4", "below 4")]
    [InlineData("\"oldest\":1", "\"oldest\":9", "'oldest' and 'next'")]
    [InlineData("\"first_offset\":1", "\"first_offset\":7", "begins after")]
    [InlineData("\"first_offset\":1", "\"first_offset\":0", "'lineage'")]
    [InlineData("\"offset\":3,", "", "'offset' and 'time'")]
    [InlineData("\"events\":5", "\"events\":6", "6 events, and 5 came")]
    [InlineData("{\"fonte\":\"end\"", "{\"truncated\":\"topic\",\"topic\":\"a\",\"to\":7}\n{\"fonte\":\"end\"", "above the offset 'next'")]
    [InlineData("{\"fonte\":\"end\",\"events\":5}\n", "", "cut short")]
    [InlineData("\"events\":5}\n", "\"events\":5}\n{\"topics\":[\"a\"]}", "after the last line")]
    public async Task Export_that_was_changed_is_refused(string part, string by, string expected)
    {
        await ToolLogs.MakeAsync(Source, 5);
        var export = Export();
        Assert.Contains(part, export, StringComparison.Ordinal);
        var exception = Assert.Throws<LogImportException>(() => Import(export.Replace(part, by, StringComparison.Ordinal)));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Target, "fonte.db")));
    }

    [Fact]
    public async Task Log_with_events_is_not_imported_over()
    {
        await ToolLogs.MakeAsync(Target, 1);
        var before = ToolLogs.Events(Target);
        var exception = Assert.Throws<LogUnavailableException>(() => Import("{\"topics\":[\"a\"]}"));
        Assert.Contains("not empty", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, ToolLogs.Events(Target));
    }

    [Fact]
    public async Task Log_whose_events_all_went_is_not_imported_over()
    {
        await ToolLogs.MakeAsync(Target, 2);
        ToolLogs.Execute(Target, "DELETE FROM event; UPDATE state SET next_offset = 3");
        Assert.Throws<LogUnavailableException>(() => Import("{\"topics\":[\"a\"]}"));
    }

    [Fact]
    public async Task Log_that_is_empty_is_replaced_with_its_index()
    {
        await ToolLogs.MakeAsync(Target, 0);
        Assert.Equal(1, Import("{\"topics\":[\"a\"],\"id\":\"mine\"}").Events);
        Assert.False(File.Exists(Path.Combine(Target, "fonte-index.db")));
        await using var log = ToolLogs.Open(Target);
        Assert.Equal(1, log.FindEventId("mine"));
    }

    [Fact]
    public async Task Log_that_a_server_has_open_is_not_imported_over()
    {
        await using var log = ToolLogs.Open(Target);
        var exception = Assert.Throws<LogUnavailableException>(() => Import("{\"topics\":[\"a\"]}"));
        Assert.Contains("in use", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_as_long_as_the_largest_event_is_imported()
    {
        var data = new string('é', 8 * 1024 * 1024);
        Assert.Equal(1, Import($"{{\"topics\":[\"a\"],\"data\":\"{data}\"}}").Events);
        Assert.EndsWith($"|{data}|", Assert.Single(ToolLogs.Events(Target)), StringComparison.Ordinal);
    }

    private string Export(LogExportOptions? options = null)
    {
        using var output = new MemoryStream();
        LogExport.Write(Source, output, options ?? new(), TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private LogCopy Import(string lines, TimeProvider? time = null)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(lines));
        return LogImport.Read(Target, input, new() { TimeProvider = time ?? TimeProvider.System }, TestContext.Current.CancellationToken);
    }
}
