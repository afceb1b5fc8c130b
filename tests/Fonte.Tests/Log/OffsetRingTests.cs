using CsCheck;
using Xunit;

namespace Fonte.Tests.Log;

public sealed class OffsetRingTests
{
    [Fact]
    public void Ring_equals_a_list_from_which_the_oldest_are_taken()
    {
        // Each step adds some items, with holes between the offsets as a broker leaves them.
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 40]).Array[0, 60].Sample(steps =>
        {
            const int maxBytes = 200;
            var ring = new OffsetRing<Item>(start: 5, maxBytes);
            var model = new List<Item>();
            var (start, end) = (5L, 5L);
            foreach (var (hole, size) in steps)
            {
                var item = new Item(end + hole - 1, size);
                model.Add(item);
                end = item.Offset + 1;
                ring.Append([item], end);
                while (model.Sum(one => one.Size) > maxBytes && model.Count > 1)
                {
                    start = model[0].Offset + 1;
                    model.RemoveAt(0);
                }
            }
            for (var offset = start - 2; offset <= end + 2; offset++)
            {
                var found = new Item[3];
                var (covered, count, next) = ring.CopyFrom(offset, found);
                var expected = model.Where(one => one.Offset >= offset).Take(3).ToList();
                if (covered != offset >= start) return false;
                if (!covered) continue;
                if (!found.Take(count).SequenceEqual(expected)) return false;
                var rest = model.Where(one => one.Offset >= offset).Skip(3).FirstOrDefault();
                if (next != (rest?.Offset ?? Math.Max(end, offset))) return false;
            }
            return ring.Start == start && ring.End == end;
        });
    }

    [Fact]
    public void Item_larger_than_the_bound_is_kept_until_the_next()
    {
        var ring = new OffsetRing<Item>(1, maxBytes: 10);
        ring.Append([new(1, 100)], 2);
        Assert.Equal(1, ring.Start);
        ring.Append([new(2, 1)], 3);
        Assert.Equal(2, ring.Start);
    }

    [Fact]
    public void Reset_forgets_everything()
    {
        var ring = new OffsetRing<Item>(1, 1000);
        ring.Append([new(1, 1), new(2, 1)], 3);
        ring.Reset(50);
        Assert.False(ring.CopyFrom(2, new Item[1]).Covered);
        Assert.Equal((true, 0, 50), ring.CopyFrom(50, new Item[1]));
    }

    private sealed record Item(long Offset, int Size) : IOffsetItem;
}
