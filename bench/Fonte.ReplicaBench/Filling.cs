using System.Globalization;
using System.Text;

namespace Fonte.ReplicaBench;

/// <summary>Fills a log with a hub's events.</summary>
internal static class Filling
{
    private const int AtOnce = 2000;
    private const int Topics = 1000;

    /// <summary>As a log begins that hubs have.</summary>
    internal static Task BeginAsync(ISharedLog log) => log.ProduceAsync([Following.Format.Encode(new LogMark("bench", 1, LogEpoch.Create(), Generation: 0, IsClaim: false), 1)], default);

    internal static async Task FillAsync(ISharedLog log, int events, int bytes)
    {
        var data = Encoding.ASCII.GetBytes(new string('x', bytes));
        for (var n = 0; n < events; n += AtOnce)
            await log.ProduceAsync([.. Enumerable.Range(n, Math.Min(AtOnce, events - n)).Select(number => Following.Format.Encode(
                new EventDraft { Topics = [string.Create(CultureInfo.InvariantCulture, $"https://example.com/topics/{number % Topics}")], Data = data }, $"bench.{number}/0", number + 1, seal: null))], default);
    }
}
