using CcConsole.Tui.Text;
using Xunit;

namespace CcConsole.Tui.Tests.Text;

public sealed class GraphemesTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("e\u0301", 1)]
    [InlineData("漢字", 4)]
    [InlineData("ｶﾞ", 2)]
    [InlineData("한글", 4)]
    [InlineData("\u1112\u1161\u11ab", 2)]
    [InlineData("🙂", 2)]
    [InlineData("👩‍👩‍👧", 2)]
    [InlineData("🇩🇪🇫🇷", 4)]
    [InlineData("✓✗▶○–", 5)]
    [InlineData("\e", 1)]
    [InlineData("\r\n", 2)]
    [InlineData("❤\uFE0F", 2)]
    public void The_width_is_that_of_the_clusters(string text, int columns) => Assert.Equal(columns, Graphemes.Width(text));

    [Fact]
    public void A_cluster_longer_than_the_limit_is_one_replacement_character()
    {
        var zalgo = "a" + new string('\u0301', 500);
        Assert.Equal(1, Graphemes.Width(zalgo));
        Assert.Equal("\uFFFD", VisibleMark.Clean(zalgo));
    }

    [Fact]
    public void Stepping_goes_from_cluster_to_cluster_both_ways()
    {
        const string Text = "ae\u0301👩‍👩‍👧z";
        var forward = new List<int>();
        for (var at = 0; at < Text.Length; at = Graphemes.After(Text, at))
            forward.Add(at);
        var backward = new List<int>();
        for (var at = Text.Length; at > 0;)
            backward.Insert(0, at = Graphemes.Before(Text, at));
        Assert.Equal([0, 1, 3, 11], forward);
        Assert.Equal(forward, backward);
    }

    [Fact]
    public void No_control_or_bidi_character_survives_cleaning()
    {
        for (var c = 0; c <= 0xFFFF; c++)
        {
            if (char.IsSurrogate((char)c))
                continue;
            var clean = VisibleMark.Clean($"x{(char)c}y");
            Assert.DoesNotContain(clean, ch => char.IsControl(ch) || ch is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029');
        }
    }

    [Fact]
    public void The_tables_are_sorted_and_do_not_overlap()
    {
        foreach (var table in (int[][])[WidthTable.Wide, WidthTable.Zero])
        {
            for (var i = 1; i < table.Length; i++)
                Assert.True(i % 2 == 1 ? table[i] >= table[i - 1] : table[i] > table[i - 1], $"{table[i]:X}");
        }
    }
}
