using System.Globalization;
using System.Text;

namespace Fonte.Bench;

/// <summary>The status line and the fields of an HTTP/1.1 response.</summary>
internal sealed class ResponseHead
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    private ResponseHead(int status) => Status = status;

    public int Status { get; }

    public string? this[string field] => _fields.GetValueOrDefault(field);

    public bool IsEventStream =>
        this["Content-Type"] is { } type && type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    public static ResponseHead Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 ||
            !lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal) ||
            lines[0].Length < 12 ||
            !int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new BenchException("The server's answer does not begin with an HTTP/1.1 status line.");
        }

        var head = new ResponseHead(status);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new BenchException("The server's answer has a header line without a colon.");
            head._fields[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return head;
    }
}
