using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Fonte.Server.Tests;

/// <summary><c>fonte log</c>, beside a live server and alone.</summary>
public sealed class LogCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private string Copy => _folder.File("copy");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tools_work_beside_a_live_server()
    {
        await using var server = await RunningServer.StartAsync(Data);
        for (var n = 1; n <= 20; n++) await server.PublishAsync(n % 4 == 0 ? "gone" : "kept", $"event {n}");

        var info = JsonDocument.Parse(await RunAsync("info", "--data", Data, "--json")).RootElement;
        Assert.Equal((20, 21, true), (info.GetProperty("events").GetInt64(), info.GetProperty("next").GetInt64(), info.GetProperty("open").GetBoolean()));
        Assert.Contains("events     20", await RunAsync("info", "--data", Data), StringComparison.Ordinal);
        Assert.StartsWith("sound: 20 events", await RunAsync("verify", "--data", Data), StringComparison.Ordinal);

        Assert.Equal("5 events erased", await RunAsync("erase", "--data", Data, "--topic", "gone", "--yes"));
        Assert.Equal(15, (await RunAsync("export", "--data", Data)).Split('\n').Count(line => line.StartsWith("{\"offset\"", StringComparison.Ordinal)));

        await server.PublishAsync("kept", "the last");
        Assert.StartsWith("16 events copied, all before offset 22", await RunAsync("backup", "--data", Data, "--to", Copy), StringComparison.Ordinal);
        Assert.StartsWith("sound: 16 events", await RunAsync("verify", "--data", Copy), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_under_load_has_every_event_below_its_end_and_old_cursors_resume_on_it()
    {
        await using var server = await RunningServer.StartAsync(Data);
        var ids = new List<string>();
        for (var n = 0; n < 200; n++) ids.Add(await server.PublishAsync("a", $"{n}"));
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            for (var n = 200; !stop.IsCancellationRequested; n++) ids.Add(await server.PublishAsync("a", $"{n}"));
        }, TestContext.Current.CancellationToken);
        await RunAsync("backup", "--data", Data, "--to", Copy);
        await stop.CancelAsync();
        await load;
        var verified = await RunAsync("verify", "--data", Copy);
        var events = int.Parse(verified.Split(' ')[1].Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(events, 200, ids.Count);
        await using var copy = await RunningServer.StartAsync(Copy);
        var resumed = await copy.ReadAsync("a", ids[99], events - 100);
        Assert.Equal(Enumerable.Range(100, events - 100).Select(n => $"{n}"), resumed);
    }

    [Fact]
    public async Task Export_of_a_stopped_server_is_imported_and_served()
    {
        string last;
        await using (var server = await RunningServer.StartAsync(Data))
        {
            await server.PublishAsync("a", "one é");
            last = await server.PublishAsync("a", "two");
            server.Tool.Signal(RunningServer.Terminate);
            await server.Tool.EndAsync();
        }
        var file = _folder.File("export.ndjson");
        Assert.Equal("", await RunAsync("export", "--data", Data, "--output", file));
        Assert.StartsWith("2 events imported; the next offset is 3", await RunAsync("import", "--data", Copy, "--input", file), StringComparison.Ordinal);
        await using var again = await RunningServer.StartAsync(Copy);
        await again.PublishAsync("a", "three");
        Assert.Equal(["three"], await again.ReadAsync("a", last, 1));
        Assert.Equal(["one é", "two", "three"], await again.ReadAsync("a", "earliest", 3));
    }

    [Fact]
    public async Task Damage_is_named_by_verify_and_export()
    {
        await ImportAsync(Data, 50);
        var file = Path.Combine(Data, "fonte.db");
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        // Every copy: what SQLite moved elsewhere is still in the rest of a page.
        for (var at = 0; bytes.AsSpan(at).IndexOf("find-me-17"u8) is var found and >= 0; at += found + 1) bytes[at + found] ^= 0x20;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        foreach (var command in (string[])["verify", "export"])
        {
            var ended = await Tool.RunAsync(["log", command, "--data", Data]);
            Assert.Equal(1, ended.ExitCode);
            Assert.Contains("offset 17 ", Assert.Single(ended.Errors.Split('\n')), StringComparison.Ordinal);
            if (command == "export") Assert.Equal(51, ended.Output.Split('\n').Count(line => line.Contains("\"offset\"", StringComparison.Ordinal) || line.Contains("\"fonte\"", StringComparison.Ordinal)));
        }
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_no_usable_log_is_told_in_one_sentence()
    {
        foreach (var command in (string[])["info", "verify", "export"]) await AssertRefusedAsync([command, "--data", Data], $"There is no folder {Data}.");
        Directory.CreateDirectory(Data);
        await AssertRefusedAsync(["verify", "--data", Data], "There is no log in the folder");
        await AssertRefusedAsync(["backup", "--data", Data, "--to", Copy], "There is no log in the folder");
        await AssertRefusedAsync(["erase", "--data", Data, "--topic", "a", "--yes"], "There is no log in the folder");
        Assert.False(Directory.Exists(Copy));
        var file = Path.Combine(Data, "fonte.db");
        await File.WriteAllTextAsync(file, new string('x', 5000), TestContext.Current.CancellationToken);
        await AssertRefusedAsync(["verify", "--data", Data], "is not a Fonte log");
        File.Delete(file);
        await ImportAsync(Data, 500);
        var whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(file, whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);
        await AssertRefusedAsync(["verify", "--data", Data], "cut short");
        whole[63] = 99;
        await File.WriteAllBytesAsync(file, whole, TestContext.Current.CancellationToken);
        await AssertRefusedAsync(["verify", "--data", Data], "newer version of Fonte (format 99");
    }

    [Theory]
    [InlineData("log info --data :memory:", "--data: Give a folder")]
    [InlineData("log erase --topic a", "cannot be undone; say --yes")]
    [InlineData("log erase --topic * --yes", "--topic: Name the topic")]
    [InlineData("log import --input no-such-file --data x", "no-such-file")]
    [InlineData("log export --from never", "--from: 'never' is not a whole number")]
    [InlineData("log backup", "--to")]
    public async Task Wrong_call_is_told_in_one_sentence(string call, string expected) => await AssertRefusedAsync(call.Split(' ')[1..], expected);

    [Fact]
    public async Task Malformed_line_is_named_and_nothing_is_imported()
    {
        var ended = await Tool.RunAsync(["log", "import", "--data", Data], input: "{\"topics\":[\"a\"]}\n{\"topics\":[\"a\"}\n"u8.ToArray());
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("fonte: Line 2 cannot be imported: it is not JSON", Assert.Single(ended.Errors.Split('\n')), StringComparison.Ordinal);
        Assert.Equal(["fonte.lock"], Directory.GetFileSystemEntries(Data).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Full_disk_is_told_and_nothing_is_left()
    {
        await ImportAsync(Data, 20_000);
        foreach (var script in (string[])["exec \"$@\" > /dev/full", "exec \"$@\" --output /dev/full"])
        {
            await using var tool = Tool.StartShell(script, "log", "export", "--data", Data);
            var ended = await tool.EndAsync();
            Assert.Equal(1, ended.ExitCode);
            Assert.Contains("No space left", Assert.Single(ended.Errors.Split('\n')), StringComparison.Ordinal);
        }
        using var small = new Mount(_folder.File("small"), "-t", "tmpfs", "-o", "size=1m", "none");
        foreach (var call in (string[][])[["backup", "--data", Data, "--to", small.Path], ["export", "--data", Data, "--output", Path.Combine(small.Path, "export")]])
        {
            var ended = await Tool.RunAsync(["log", .. call]);
            Assert.Equal(1, ended.ExitCode);
            Assert.Matches("the disk is full|No space left", Assert.Single(ended.Errors.Split('\n')));
            Assert.All(Directory.GetFileSystemEntries(small.Path), file => Assert.Equal("fonte.lock", Path.GetFileName(file)));
        }
    }

    [Fact]
    public async Task Log_in_a_folder_that_cannot_be_written_is_read_and_not_erased_from()
    {
        await ImportAsync(Data, 50);
        using var mount = new Mount(_folder.File("read-only"), "--bind", "-o", "ro", Data);
        Assert.StartsWith("sound: 50 events", await RunAsync("verify", "--data", mount.Path), StringComparison.Ordinal);
        Assert.Contains("find-me-50", await RunAsync("export", "--data", mount.Path), StringComparison.Ordinal);
        await AssertRefusedAsync(["erase", "--data", mount.Path, "--topic", "a", "--yes"], "cannot be written");
        await AssertRefusedAsync(["import", "--data", Path.Combine(mount.Path, "new")], "cannot be made");
    }

    [Fact]
    public async Task Export_ends_well_when_its_pipe_is_closed()
    {
        await ImportAsync(Data, 20_000);
        await using var tool = Tool.StartShell("{ \"$@\"; echo \"ended with $?\" >&2; } | head -n 1", "log", "export", "--data", Data);
        var ended = await tool.EndAsync();
        Assert.Equal("ended with 0", ended.Errors);
        Assert.StartsWith("{\"fonte\":\"log\",\"version\":1,", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_the_tools()
    {
        var help = await RunAsync("--help");
        Assert.All(["info", "verify", "export", "import", "backup", "erase"], word => Assert.Contains($"  {word} ", help, StringComparison.Ordinal));
    }

    private static async Task ImportAsync(string folder, int events)
    {
        var lines = string.Concat(Enumerable.Range(1, events).Select(n => $"{{\"topics\":[\"a\"],\"data\":\"find-me-{n:00} {new string('x', 100)}\"}}\n"));
        var ended = await Tool.RunAsync(["log", "import", "--data", folder], input: Encoding.UTF8.GetBytes(lines));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var ended = await Tool.RunAsync(["log", .. arguments]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        return ended.Output;
    }

    private static async Task AssertRefusedAsync(string[] call, string expected)
    {
        var ended = await Tool.RunAsync(["log", .. call]);
        Assert.Equal(2, ended.ExitCode);
        var sentence = Assert.Single(ended.Errors.Split('\n'));
        Assert.StartsWith("fonte: ", sentence, StringComparison.Ordinal);
        Assert.Contains(expected, sentence, StringComparison.Ordinal);
    }

    /// <summary>A file system of its own at a folder; needs root.</summary>
    private sealed class Mount : IDisposable
    {
        internal Mount(string path, params string[] arguments)
        {
            Path = path;
            Directory.CreateDirectory(path);
            Run("mount", [.. arguments, path]);
        }

        internal string Path { get; }

        public void Dispose()
        {
            Run("umount", Path);
            Directory.Delete(Path);
        }

        private static void Run(string program, params string[] arguments)
        {
            using var process = Process.Start(program, arguments);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
    }
}
