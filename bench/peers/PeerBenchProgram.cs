using System.Globalization;
using System.Runtime.InteropServices;

namespace Fonte.PeerBench;

/// <summary>The run: each shape, each round, each peer in turn.</summary>
internal static class PeerBenchProgram
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            switch (arguments)
            {
                case ["load", var json]: return await Load.RunChildAsync(json, stop.Token);
                case ["serve", "aspnet", var port]: await PlainServer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), stop.Token); return 0;
                case ["serve", "signalr", var port]: await SignalRServer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), stop.Token); return 0;
            }

            if (arguments.Contains("--help"))
            {
                Console.WriteLine(PeerBenchOptions.Usage);
                foreach (var shape in Shape.All) Console.WriteLine($"shape {shape.Name,-14} {shape.What}");
                foreach (var row in Row.All) Console.WriteLine($"row   {row.Name,-14} {row.What}");
                return 0;
            }

            var options = PeerBenchOptions.Parse(arguments);
            var chosen = Chosen(options.Shapes, [.. Shape.All.Select(shape => shape.Name), .. Row.All.Select(row => row.Name)], name => name, "shape or row");
            Shape[] shapes = [.. Shape.All.Where(shape => chosen.Contains(shape.Name))];
            Row[] rows = [.. Row.All.Where(row => chosen.Contains(row.Name))];
            var code = shapes.Length == 0 ? 0 : await MeasureAsync(options, shapes, Chosen(options.Peers, Peers(options), peer => peer.Name, "peer"), stop.Token);
            return Math.Max(code, await RowTable.MeasureAsync(options, rows, stop.Token));
        }
        catch (PeerBenchException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message} --help tells more.");
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 1;
        }

        // In good order, so that no server is left.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static Peer[] Peers(PeerBenchOptions options) =>
    [
        new NchanPeer(), new FontePeer("fonte", options.Server), new FontePeer("fonte-aot", options.Aot), new FloorPeer(),
        AspNetPeer.Plain, AspNetPeer.SignalR, new PushpinPeer(), new FastApiPeer(),
    ];

    private static async Task<int> MeasureAsync(PeerBenchOptions options, IReadOnlyList<Shape> shapes, IReadOnlyList<Peer> peers, CancellationToken cancellationToken)
    {
        var table = new ResultTable(options.Placement, peers);
        var complete = true;
        foreach (var shape in shapes)
        {
            for (var round = 1; round <= options.Repeat; round++)
            {
                foreach (var peer in peers)
                {
                    var (report, failure) = await MeasureAsync(options, shape, peer, cancellationToken);
                    table.Add(shape, peer, report, failure);
                    complete &= failure is null;
                    var figures = report is null ? failure : string.Join(", ", shape.Figures.Select(figure => $"{figure.Name} {ResultTable.Number(figure.Read(report))} {figure.Unit}".TrimEnd()));
                    Console.Error.WriteLine($"{shape.Name} {round} {peer.Name,-10} {figures} {report?.Faults}".TrimEnd());
                }
            }
        }

        var text = table.ToMarkdown(shapes);
        Console.WriteLine(text);
        if (options.Results is { } file) await File.AppendAllTextAsync(file, text, cancellationToken);
        return complete ? 0 : 1;
    }

    private static async Task<(LoadReport? Report, string? Failure)> MeasureAsync(PeerBenchOptions options, Shape shape, Peer peer, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(options.Data, $"{peer.Name}-{Guid.NewGuid():N}");
        try
        {
            using var running = await peer.StartAsync(folder, options.Placement, cancellationToken);
            return (await shape.Apply(running.Load).RunAsync(options.Placement, cancellationToken), null);
        }
        catch (PeerBenchException exception)
        {
            return (null, exception.Message);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static T[] Chosen<T>(IReadOnlyList<string>? names, IReadOnlyList<T> all, Func<T, string> nameOf, string what)
    {
        if (names is null or { Count: 0 }) return [.. all];
        return [.. names.Select(name => all.FirstOrDefault(one => nameOf(one) == name) ??
            throw new PeerBenchException($"'{name}' is not a {what}; there are {string.Join(", ", all.Select(nameOf))}."))];
    }
}
