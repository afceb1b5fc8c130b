using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fonte.LogBench;

/// <summary>All rows of a run as one JSON document.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Style = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task WriteAsync(string file, IEnumerable<RowReport> rows)
    {
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, rows.Select(row => new
        {
            row.Row,
            row.Failure,
            row.MeetsEveryBar,
            row.Figures,
            row.Notes,
        }), Style);
    }
}
