using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fonte.Server;

/// <summary><c>fonte log info</c>: what a log is and holds.</summary>
internal static class LogInfoCommand
{
    internal static Command Create()
    {
        var data = LogFolder.Option();
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Command("info", "Tells what a log is and holds.") { data, json };
        command.SetAction((parsed, cancellationToken) => LogCall.RunAsync(() =>
        {
            var info = LogInfo.Read(parsed.GetValue(data)!, cancellationToken);
            StandardOutput.WriteLine(parsed.GetValue(json) ? Json(info) : Text(info));
            return 0;
        }, cancellationToken));
        return command;
    }

    private static string Text(LogInfo info)
    {
        var text = new StringBuilder();
        Add("log", info.File);
        Add("format", $"{info.FormatVersion}");
        Add("open", info.IsOpen ? "yes, a server has it open" : "no");
        Add("epoch", info.Identity.Epoch);
        foreach (var epoch in info.Identity.Lineage.Reverse().Skip(1)) Add("before", $"{epoch.Epoch} from offset {epoch.FirstOffset}");
        Add("events", Number(info.Events));
        Add("offsets", $"{info.OldestOffset} to before {info.NextOffset}");
        if (info is { OldestTime: { } oldest, NewestTime: { } newest }) Add("time", $"{Time(oldest)} to {Time(newest)}");
        Add("truncated", $"{Number(info.TruncatedTopics)} (topics that lost events to retention, keep-last or erasure)");
        Add("bytes", $"{Number(info.DatabaseBytes)} database, of which {Number(info.FreeBytes)} free; {Number(info.WriteAheadLogBytes)} write-ahead log; {Number(info.IndexBytes)} index");
        return text.ToString().TrimEnd('\n');

        void Add(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-10} {value}\n");
    }

    private static string Json(LogInfo info)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("file", info.File);
            json.WriteNumber("format", info.FormatVersion);
            json.WriteBoolean("open", info.IsOpen);
            json.WriteString("epoch", info.Identity.Epoch);
            json.WriteStartArray("lineage");
            foreach (var epoch in info.Identity.Lineage)
            {
                json.WriteStartObject();
                json.WriteString("epoch", epoch.Epoch);
                json.WriteNumber("first_offset", epoch.FirstOffset);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("events", info.Events);
            json.WriteNumber("oldest", info.OldestOffset);
            json.WriteNumber("next", info.NextOffset);
            if (info is { OldestTime: { } oldest, NewestTime: { } newest })
            {
                json.WriteString("oldest_time", Time(oldest));
                json.WriteString("newest_time", Time(newest));
            }
            json.WriteNumber("truncated_topics", info.TruncatedTopics);
            json.WriteNumber("database_bytes", info.DatabaseBytes);
            json.WriteNumber("free_bytes", info.FreeBytes);
            json.WriteNumber("wal_bytes", info.WriteAheadLogBytes);
            json.WriteNumber("index_bytes", info.IndexBytes);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
