using Microsoft.AspNetCore.SignalR;

namespace Fonte.PeerBench;

/// <summary>SignalR, of which the subscribers use the transport over Server-Sent Events.</summary>
internal static class SignalRServer
{
    public static async Task RunAsync(int port, CancellationToken cancellationToken)
    {
        var builder = PeerApplication.Create(port);
        builder.Services.AddSignalR();
        await using var app = builder.Build();
        app.MapHub<EventHub>("/hub");
        app.MapPost("/publish", async (HttpRequest request, IHubContext<EventHub> hub) =>
        {
            using var reader = new StreamReader(request.Body);
            await hub.Clients.All.SendAsync("event", await reader.ReadToEndAsync());
        });
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private sealed class EventHub : Hub;
}
