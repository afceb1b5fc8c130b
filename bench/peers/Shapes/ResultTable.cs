using System.Globalization;
using System.Text;

namespace Fonte.PeerBench;

/// <summary>All measurements of a run, and the table of medians and ratios they make.</summary>
internal sealed class ResultTable(Placement placement, IReadOnlyList<Peer> peers)
{
    private readonly List<(Shape Shape, Peer Peer, LoadReport? Report, string? Failure)> _results = [];

    public void Add(Shape shape, Peer peer, LoadReport? report, string? failure) => _results.Add((shape, peer, report, failure));

    /// <summary>Markdown: for each shape a row a peer, each figure as its median and its ratio to nchan's, with the least and the most.</summary>
    public string ToMarkdown(IReadOnlyList<Shape> shapes)
    {
        var text = new StringBuilder();
        foreach (var shape in shapes)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {shape.Name}: {shape.What}\n\nPlaced: {placement.Name}. Medians of {Rounds(shape)}, in brackets the least and the most; × is the ratio to nchan.\n\n| peer |");
            foreach (var figure in shape.Figures) text.Append(CultureInfo.InvariantCulture, $" {figure.Name}{(figure.Unit.Length > 0 ? $", {figure.Unit}" : "")} | × |");
            text.Append(" faults |\n|---|").Append(string.Concat(Enumerable.Repeat("---|---|", shape.Figures.Count))).Append("---|\n");
            foreach (var peer in peers) Row(text, shape, peer);
        }

        return text.ToString();
    }

    private void Row(StringBuilder text, Shape shape, Peer peer)
    {
        var reports = Reports(shape, peer.Name);
        text.Append(CultureInfo.InvariantCulture, $"| {peer.Name} |");
        foreach (var figure in shape.Figures)
        {
            if (reports.Count == 0)
            {
                text.Append(" – | – |");
                continue;
            }

            var values = reports.Select(figure.Read).Order().ToList();
            var median = Median(values);
            var to = Reports(shape, "nchan") is { Count: > 0 } nchan ? (median / Median([.. nchan.Select(figure.Read).Order()])).ToString("0.00", CultureInfo.InvariantCulture) : "–";
            text.Append(CultureInfo.InvariantCulture, $" {Number(median)} ({Number(values[0])}–{Number(values[^1])}) | {to} |");
        }

        var faults = _results.Where(result => result.Shape == shape && result.Peer == peer)
            .Select(result => result.Failure ?? result.Report!.Faults).Where(fault => fault.Length > 0).Distinct();
        text.Append(CultureInfo.InvariantCulture, $" {string.Join("; ", faults).Replace('|', '/')} |\n");
    }

    private List<LoadReport> Reports(Shape shape, string peer) =>
        [.. _results.Where(result => result.Shape == shape && result.Peer.Name == peer && result.Report is not null).Select(result => result.Report!)];

    private int Rounds(Shape shape) => peers.Max(peer => Reports(shape, peer.Name).Count);

    private static double Median(List<double> sorted) =>
        sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;

    public static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 ? "N0" : Math.Abs(value) >= 10 ? "N1" : "N2", CultureInfo.InvariantCulture);
}
