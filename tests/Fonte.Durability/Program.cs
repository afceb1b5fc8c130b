using System.Globalization;
using System.Runtime.InteropServices;
using Fonte.Durability;

string[] workerOptions = ["--port", "--records", "--first", "--count", "--seed", "--cuts"];
try
{
    switch (args)
    {
        case ["worker-publish", .. var rest]:
            return await Worker.PublishAsync(new Arguments(rest, workerOptions));
        case ["worker-subscribe", .. var rest]:
            return await Worker.SubscribeAsync(new Arguments(rest, workerOptions));
        case ["sabotaged-server", .. var rest]:
            return await SabotagedServer.RunAsync(new Arguments(rest, "--urls", "--data"));
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
    await using var checker = new Checker(options, Console.Out);
    try
    {
        var proof = await checker.RunAsync(ended.Token);
        // The server still writes to its folder: it ends before the folder is deleted.
        await checker.DisposeAsync();
        return Judge(options, checker, proof);
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

static int Judge(CheckerOptions options, Checker checker, DurabilityProof proof)
{
    foreach (var violation in proof.Violations)
        Console.WriteLine(violation.Sentence);
    var passed = proof.Count == 0;
    var kinds = string.Join(", ", proof.Counts.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value}")));
    var verdict = passed ? "passed" : $"failed ({kinds})";
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"durability: {verdict}, kills={options.Kills}, acknowledged={proof.Acknowledged}, delivered={proof.Delivered}, seed={options.Seed}"));
    if (options.IsSabotaged)
        Console.WriteLine(passed ? "The sabotage was not found: the checker is blind." : "The sabotage was found.");
    if (passed || options.IsSabotaged)
        checker.DeleteFolder();
    return passed == options.IsSabotaged ? 1 : 0;
}
