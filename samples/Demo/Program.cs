using Fonte;
using Fonte.Samples.Demo;

const int startFailed = 2;

var options = DemoOptions.Parse(args, out var problem);
if (options is null)
{
    Console.Error.WriteLine(problem);
    return startFailed;
}

if (options.Help)
{
    Console.WriteLine(DemoOptions.Usage);
    return 0;
}

DescriptorLimit.Raise();
await using var app = DemoApplication.Build(options);
try
{
    await app.StartAsync();
}
catch (Exception exception) when (StartupFailure.Explain(exception, options) is { } sentence)
{
    Console.Error.WriteLine(sentence);
    return startFailed;
}

DemoLog.Limit(app.Logger, DescriptorLimit.Describe());
if (options.Dev) DemoLog.DevelopmentMode(app.Logger);
DemoLog.Open(app.Logger, DemoApplication.BrowserAddress(app));
await app.WaitForShutdownAsync();
return 0;
