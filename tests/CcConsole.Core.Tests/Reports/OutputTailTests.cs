using CcConsole.Core.Reports;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CcConsole.Core.Tests.Reports;

public class OutputTailTests
{
    [Fact]
    public void The_last_bytes_of_any_sequence_of_writes_are_kept() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[][]>(),
            Gen.Choose(1, 40).ToArbitrary(),
            (writes, limit) =>
            {
                var tail = new OutputTail(limit);
                foreach (var write in writes)
                    tail.Append(write);
                var all = writes.SelectMany(w => w).ToArray();
                return tail.Total == all.Length && tail.ToArray().AsSpan().SequenceEqual(all.TakeLast(limit).ToArray())
                    && tail.Cut == all.Length > limit;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tail_grows_to_its_limit_and_then_wraps()
    {
        var tail = new OutputTail(100_000);
        var all = new List<byte>();
        var random = new Random(7);
        for (var i = 0; i < 400; i++)
        {
            var write = new byte[random.Next(0, 2_000)];
            random.NextBytes(write);
            tail.Append(write);
            all.AddRange(write);
        }

        Assert.Equal(all.TakeLast(100_000), tail.ToArray());
        Assert.True(tail.Cut);
        Assert.Equal(all.Count, tail.Total);
    }

    [Fact]
    public void A_write_longer_than_the_limit_leaves_its_end()
    {
        var tail = new OutputTail(4);
        tail.Append("ab"u8);
        tail.Append("cdefghij"u8);
        tail.Append("k"u8);
        Assert.Equal("hijk"u8.ToArray(), tail.ToArray());
    }
}
