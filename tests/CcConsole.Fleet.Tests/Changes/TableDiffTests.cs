using System.Text;
using CcConsole.Fleet.Changes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CcConsole.Fleet.Tests.Changes;

public sealed class TableDiffTests
{
    private static TableDiff Between(string before, string after) => TableDiff.Between(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after));

    [Fact]
    public void A_changed_line_is_one_removed_and_one_added()
    {
        TableDiff diff = Between("a\nb\nc\n", "a\nB\nc\n");
        Assert.Equal([DiffKind.Same, DiffKind.Removed, DiffKind.Added, DiffKind.Same], diff.Lines.Select(line => line.Kind));
        Assert.Equal(" a\n-b\n+B\n c\n", diff.ToText());
        Assert.Equal((2, 0), (diff.Lines[1].OldNumber, diff.Lines[1].NewNumber));
        Assert.Equal((0, 2), (diff.Lines[2].OldNumber, diff.Lines[2].NewNumber));
        Assert.Equal((3, 3), (diff.Lines[3].OldNumber, diff.Lines[3].NewNumber));
    }

    [Fact]
    public void A_missing_last_line_feed_and_a_carriage_return_are_differences()
    {
        Assert.Equal("-a\n\\ no line feed at the end\n+a\n", Between("a", "a\n").ToText());
        Assert.False(Between("a\r\n", "a\n").IsEmpty);
        Assert.True(Between("a\n", "a\n").IsEmpty);
        Assert.True(Between("", "").IsEmpty);
    }

    [Fact]
    public void Equal_lines_far_from_a_difference_are_left_out()
    {
        string before = string.Concat(Enumerable.Range(0, 30).Select(i => $"{i}\n"));
        string text = Between(before, before.Replace("15\n", "x\n", StringComparison.Ordinal)).ToText();
        Assert.Equal("@@\n 12\n 13\n 14\n-15\n+x\n 16\n 17\n 18\n", text);
    }

    [Fact]
    public void The_old_and_the_new_table_are_in_every_diff_byte_for_byte()
    {
        Gen<byte[]> tables = Gen.Elements("a\n", "b\n", "c\r\n", "\n", "\u00e9\n", "d").ArrayOf().Select(lines => Encoding.Latin1.GetBytes(string.Concat(lines)));
        Prop.ForAll(tables.ToArbitrary(), tables.ToArbitrary(), (before, after) =>
        {
            TableDiff diff = TableDiff.Between(before, after);
            return Join(diff, DiffKind.Added).SequenceEqual(before) && Join(diff, DiffKind.Removed).SequenceEqual(after);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Tables_with_almost_nothing_in_common_are_compared_in_bounded_time()
    {
        string before = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"a{i}\n")), after = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"b{i}\n"));
        TableDiff diff = Between(before, after);
        Assert.Equal(20_000, diff.Lines.Count);
        Assert.Equal(before, Encoding.UTF8.GetString(Join(diff, DiffKind.Added)));
    }

    private static byte[] Join(TableDiff diff, DiffKind without) => [.. diff.Lines.Where(line => line.Kind != without)
        .SelectMany(line => line.EndsWithoutLineFeed ? line.Bytes.ToArray() : [.. line.Bytes.Span, (byte)'\n'])];
}
