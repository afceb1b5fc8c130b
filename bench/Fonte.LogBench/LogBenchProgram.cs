using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>The run: its rows one after the other.</summary>
internal static class LogBenchProgram
{
    private static readonly IRow[] Rows =
    [
        new HttpRow(), new BatchRow(), new CodeRow(), new SteadyRow(), new TopicsRow(), new SingleRow(),
        new SeekRow(), new ReplayRow(), new StartRow(), new RetentionRow(), new SlowRow(),
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        if (arguments.Contains("--help"))
        {
            Console.WriteLine(LogBenchOptions.Usage);
            foreach (var row in Rows)
                Console.WriteLine($"{row.Name,-12} {row.What}");
            return 0;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var options = LogBenchOptions.Parse(arguments);
            if (options.ChildTopics is { } topics)
            {
                await TopicsRow.RunChildAsync(options, topics, stop.Token);
                return 0;
            }

            return await MeasureAsync(options, Chosen(options), stop.Token);
        }
        catch (LogBenchException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message} --help tells more.");
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 1;
        }

        // In good order, so that the folders of a row that was cut short are deleted.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> MeasureAsync(LogBenchOptions options, IReadOnlyList<IRow> rows, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Data);
        Console.WriteLine($"{Environment.ProcessorCount} processors, logs in {options.Data}");
        var reports = new List<RowReport>();
        foreach (var row in rows)
        {
            Console.WriteLine($"{row.Name}: {row.What}");
            var report = new RowReport(row.Name, Console.Out);
            reports.Add(report);
            try
            {
                await row.MeasureAsync(new RowRun(options, report), cancellationToken);
            }
            catch (Exception exception) when (exception is LogBenchException or BenchException or SocketException or LogUnavailableException)
            {
                report.Fail(exception.Message);
            }
        }

        if (options.Json is { } file)
            await JsonReport.WriteAsync(file, reports);
        return reports.All(report => report.MeetsEveryBar) ? 0 : 1;
    }

    private static IRow[] Chosen(LogBenchOptions options)
    {
        foreach (var name in options.Rows)
        {
            if (Rows.All(row => row.Name != name))
                throw new LogBenchException($"'{name}' is not a row; the rows are {string.Join(", ", Rows.Select(row => row.Name))}.");
        }

        return options.Rows.Count == 0 ? Rows : [.. options.Rows.Select(name => Rows.First(row => row.Name == name))];
    }
}
