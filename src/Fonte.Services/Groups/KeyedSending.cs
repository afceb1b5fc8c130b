namespace Fonte.Services;

/// <summary>Sends several events at a time, and those of one key one after the other.</summary>
internal static class KeyedSending
{
    /// <summary>Sends all. Were two of one key on their way and only the second taken, their order would be another when both are sent again.</summary>
    internal static async Task SendAsync(IReadOnlyList<OutboxEvent> events, Func<OutboxEvent, Task> send)
    {
        var together = new Dictionary<string, Task>(StringComparer.Ordinal);
        foreach (var outgoing in events)
        {
            if (together.ContainsKey(outgoing.Key))
            {
                await Task.WhenAll(together.Values).ConfigureAwait(false);
                together.Clear();
            }
            together.Add(outgoing.Key, send(outgoing));
        }
        await Task.WhenAll(together.Values).ConfigureAwait(false);
    }
}
