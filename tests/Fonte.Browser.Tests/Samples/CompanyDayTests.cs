using System.Text;
using System.Text.Json;
using Fonte.Samples.Activity;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

public sealed class CompanyDayTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 9, 7, 5, 0, TimeSpan.Zero);

    [Fact]
    public void Same_seed_gives_the_same_day_and_another_seed_another()
    {
        Assert.Equal(Day(seed: 7).Select(TextOf), Day(seed: 7).Select(TextOf));
        Assert.NotEqual(Day(seed: 7).Select(TextOf), Day(seed: 8).Select(TextOf));
    }

    [Fact]
    public void Only_orders_that_were_placed_are_paid_each_once_and_with_its_amount()
    {
        var unpaid = new Dictionary<string, decimal>();
        var counts = new Dictionary<string, int>();
        foreach (var draft in Day(seed: 1))
        {
            counts[draft.Type!] = counts.GetValueOrDefault(draft.Type!) + 1;
            var data = JsonDocument.Parse(draft.Data).RootElement;
            if (draft.Type == CompanyDay.Placed) unpaid.Add(data.GetProperty("order").GetString()!, data.GetProperty("amount").GetDecimal());
            if (draft.Type != CompanyDay.Paid) continue;
            Assert.True(unpaid.Remove(data.GetProperty("order").GetString()!, out var amount));
            Assert.Equal(amount, data.GetProperty("amount").GetDecimal());
        }

        Assert.Equal([CompanyDay.Broken, CompanyDay.Paid, CompanyDay.Placed], counts.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(unpaid.Count, 0, 20);
        Assert.InRange(counts[CompanyDay.Broken], 50, 200);
    }

    private static List<EventDraft> Day(int seed)
    {
        var day = new CompanyDay(new Random(seed), firstOrder: 1);
        return [.. Enumerable.Range(0, 1000).Select(_ => day.Next(Time))];
    }

    private static string TextOf(EventDraft draft) => $"{draft.Type} {Encoding.UTF8.GetString(draft.Data.Span)}";
}
