namespace Fonte.Tests.Hub;

/// <summary>What the endpoint does around a stream.</summary>
internal static class SubscriberHandles
{
    /// <summary>Waits until the stream has ended, which it does when this token says that the connection is gone.</summary>
    internal static async Task<StreamEnd> WaitAsync(this SubscriberHandle handle, CancellationToken gone)
    {
        await using var registration = gone.Register(handle.Detach);
        var end = await handle.Completion;
        handle.Left(end);
        return end;
    }
}
