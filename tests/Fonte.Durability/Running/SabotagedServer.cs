using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fonte.Durability;

/// <summary>A server with a fault that the checker must find.</summary>
internal static class SabotagedServer
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(arguments.Text("--urls")!);
        builder.Services.AddFonte(options =>
        {
            options.AnonymousPublish = true;
            // So that who resumes is soon replayed from the log, and who misses the last event learns that it is the end.
            options.RecentWindowBytes = 16 * 1024;
            options.HeartbeatInterval = TimeSpan.FromSeconds(1);
        }).UseEventLog(services => Open(arguments, services.GetRequiredService<ILogger<SqliteEventLog>>()));
        await using var app = builder.Build();
        app.MapFonte();
        app.MapFonteHealthChecks();
        await app.RunAsync();
        return 0;
    }

    private static IEventLog Open(Arguments arguments, ILogger<SqliteEventLog> logger)
    {
        var fault = arguments.Text("--fault");
        var log = SqliteEventLog.Open(new()
        {
            Directory = arguments.Text("--data")!,
            Synchronous = fault == "synchronous-normal" ? SqliteSynchronous.Normal : SqliteSynchronous.Full,
        }, logger);
        return fault switch
        {
            "ack-before-commit" => new EarlyLog(log),
            "replay-starts-one-late" => new LateLog(log),
            _ => log,
        };
    }
}
