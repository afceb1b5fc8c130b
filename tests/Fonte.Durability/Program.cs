using System.Globalization;
using System.Runtime.InteropServices;
using Fonte.Durability;

string[] workerOptions = ["--port", "--records", "--first", "--count", "--seed", "--cuts", "--stalls", "--pause"];
try
{
    switch (args)
    {
        case ["worker-publish", .. var rest]:
            return await Worker.PublishAsync(new Arguments(rest, workerOptions));
        case ["worker-subscribe", .. var rest]:
            return await Worker.SubscribeAsync(new Arguments(rest, workerOptions));
        case ["sabotaged-server", .. var rest]:
            return await SabotagedServer.RunAsync(new Arguments(rest, "--urls", "--data", "--fault"));
        case [] or ["--help"] or ["-h"]:
            Console.WriteLine(CheckerOptions.Usage);
            return args.Length == 0 ? 2 : 0;
        default:
            return await CheckAsync(CheckerOptions.Parse(args));
    }
}
catch (CheckerException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

static async Task<int> CheckAsync(CheckerOptions options)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {options.Seed}"));
    using var ended = new CancellationTokenSource(options.Limit);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    try
    {
        return await new Checker(options, Console.Out).RunAsync(ended.Token) == options.IsSabotaged ? 1 : 0;
    }
    catch (OperationCanceledException)
    {
        throw new CheckerException(string.Create(CultureInfo.InvariantCulture,
            $"The check was ended before it was complete (its limit is {options.Limit.TotalSeconds:0} s)."));
    }

    void End(PosixSignalContext signal)
    {
        signal.Cancel = true;
        ended.Cancel();
    }
}
