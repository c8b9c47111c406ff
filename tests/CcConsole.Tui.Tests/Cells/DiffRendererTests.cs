using System.Text;
using CcConsole.Tui.Cells;
using Xunit;

namespace CcConsole.Tui.Tests.Cells;

public sealed class DiffRendererTests
{
    private static readonly string[] Pieces =
    [
        "a", "Z", " ", " ", "   ", "~", "é", "e\u0301", "漢", "字", "한", "ｗ", "🙂", "👩‍👩‍👧", "🇩🇪", "❤\uFE0F", "👍🏽", "क्ष", "\u202E", "\e", "─", "✓ ok",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_the_terminal_shows_is_what_was_drawn_whatever_it_takes_unsure_glyphs_for(int seed)
    {
        foreach (var (width, height) in ((int, int)[])[(1, 1), (7, 3), (40, 6), (80, 24)])
            CheckRandomFrames(new Random(seed * 1000 + width), width, height, seed % 2 == 0 ? _ => 1 : null);
    }

    [Fact]
    public void An_unchanged_frame_sends_nothing()
    {
        var screens = new Screens(80, 24);
        screens.Frame.Begin().Draw(3, 3, "hello", "text");
        screens.Send();
        screens.Frame.Begin().Draw(3, 3, "hello", "text");
        Assert.Equal(0, screens.Send());
    }

    [Fact]
    public void One_changed_cell_sends_at_most_64_bytes_in_the_costliest_place_and_style()
    {
        var screens = new Screens(200, 50);
        screens.Frame.Begin().Fill(new Rect(0, 0, 200, 50), screens.Theme["text"], 'x');
        screens.Frame.Cursor = new Point(150, 10);
        screens.Send();
        var style = screens.Styles.Intern(new Style(Color.Rgb(255, 254, 253), Color.Rgb(252, 251, 250), TextAttributes.Bold));
        screens.Frame.Begin().Fill(new Rect(0, 0, 200, 50), screens.Theme["text"], 'x');
        screens.Frame.Cursor = new Point(150, 10);
        screens.Frame.Grid.Put(180, 48, new Cell('漢', style, 1));
        Assert.InRange(screens.Send(), 1, 64);
    }

    [Fact]
    public void One_changed_row_of_a_list_sends_little_more_than_its_text()
    {
        var screens = new Screens(200, 50);
        Draw("web01  backup   ok    12s", 0);
        screens.Send();
        Draw("web01  backup   fail  14s", 0);
        Assert.InRange(screens.Send(), 1, 45);

        void Draw(string text, int row)
        {
            var canvas = screens.Frame.Begin();
            for (var y = 0; y < 50; y++)
                canvas.Draw(0, y, y == row + 20 ? text : "db01  vacuum  ok  3s", "text");
        }
    }

    [Fact]
    public void The_end_of_a_row_that_becomes_blank_is_erased_not_written()
    {
        var screens = new Screens(200, 50);
        screens.Frame.Begin().Draw(0, 10, new string('x', 200), "text");
        screens.Send();
        screens.Frame.Begin();
        Assert.InRange(screens.Send(), 1, 16);
        Assert.Equal("", screens.Screen.Row(10));
    }

    [Fact]
    public void A_coloured_blank_end_is_written_since_terminals_differ_on_erasing()
    {
        var screens = new Screens(20, 1);
        screens.Frame.Begin().Fill(new Rect(0, 0, 20, 1), screens.Styles.Intern(new Style(Color.Default, Color.Indexed(4))));
        screens.Send();
        Assert.Equal(Color.Indexed(4), screens.Screen[19, 0].Style.Background);
    }

    [Fact]
    public void After_a_glyph_on_whose_width_terminals_differ_the_cursor_is_set_absolutely()
    {
        var screens = new Screens(20, 1);
        screens.Frame.Begin().Draw(0, 0, "👩‍👩‍👧x", "text");
        var sent = Encoding.UTF8.GetString(screens.Renderer.Render(screens.Frame.Grid, null));
        Assert.Contains("👩‍👩‍👧\e[3Gx", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_update_is_marked_as_one_only_where_the_terminal_knows_that()
    {
        foreach (var known in (bool[])[true, false])
        {
            var screens = new Screens(80, 24);
            screens.Renderer.Synchronized = known;
            screens.Frame.Begin().Fill(new Rect(0, 0, 80, 24), StyleId.Default, 'x');
            var sent = Encoding.UTF8.GetString(screens.Renderer.Render(screens.Frame.Grid, null));
            Assert.Equal(known, sent.StartsWith("\e[?2026h", StringComparison.Ordinal));
            Assert.Equal(known, sent.EndsWith("\e[?2026l", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_cursor_is_shown_where_it_was_put_and_hidden_otherwise()
    {
        var screens = new Screens(20, 5);
        screens.Frame.Begin().ShowCursor(4, 2);
        screens.Send();
        Assert.True(screens.Screen.CursorShown);
        Assert.Equal(new Point(4, 2), screens.Screen.Cursor);
        screens.Frame.Begin();
        screens.Send();
        Assert.False(screens.Screen.CursorShown);
    }

    [Fact]
    public void Without_colours_only_attributes_are_sent()
    {
        var screens = new Screens(20, 1, depth: ColorDepth.None);
        var style = screens.Styles.Intern(new Style(Color.Rgb(1, 2, 3), Color.Indexed(4), TextAttributes.Bold | TextAttributes.Underline));
        screens.Frame.Begin().Draw(0, 0, "x", style);
        screens.Send();
        Assert.Equal(Style.Default with { Attributes = TextAttributes.Bold | TextAttributes.Underline }, screens.Screen[0, 0].Style);
    }

    private static void CheckRandomFrames(Random random, int width, int height, Func<string, int>? widthOfUnsure)
    {
        var screens = new Screens(width, height, widthOfUnsure);
        var styles = RandomStyles(random, screens);
        for (var round = 0; round < 60; round++)
        {
            var canvas = random.Next(4) == 0 ? screens.Frame.Begin() : new Canvas(screens.Frame, Whole(screens), Whole(screens));
            for (var i = random.Next(12); i > 0; i--)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)]));
                var part = new Rect(random.Next(-3, width), random.Next(-1, height), random.Next(width + 4), random.Next(height + 2));
                canvas.Sub(part).Draw(random.Next(-4, width), random.Next(height), text, styles[random.Next(styles.Length)]);
                if (random.Next(4) == 0)
                    canvas.Overlay(part, styles[random.Next(styles.Length)]);
            }
            screens.Frame.Cursor = random.Next(2) == 0 ? null : new Point(random.Next(width), random.Next(height));
            if (random.Next(20) == 0)
                screens.Renderer.Invalidate();
            screens.Send();
            Compare(screens, widthOfUnsure is not null);
        }
    }

    private static StyleId[] RandomStyles(Random random, Screens screens)
    {
        return [.. Enumerable.Range(0, 12).Select(_ => screens.Styles.Intern(new Style(RandomColor(), RandomColor(), (TextAttributes)random.Next(64))))];

        Color RandomColor() => random.Next(4) switch
        {
            0 => Color.Unset,
            1 => Color.Default,
            2 => Color.Indexed((byte)random.Next(256)),
            _ => Color.Rgb((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)),
        };
    }

    private static Rect Whole(Screens screens) => new(0, 0, screens.Frame.Grid.Size.Width, screens.Frame.Grid.Size.Height);

    private static void Compare(Screens screens, bool unsureIsNarrow)
    {
        var grid = screens.Frame.Grid;
        for (var y = 0; y < grid.Size.Height; y++)
        {
            for (var x = 0; x < grid.Size.Width; x++)
            {
                var cell = grid[x, y];
                var narrowed = unsureIsNarrow && cell.IsTail && (grid[x - 1, y].Flags & CellFlags.UnsureWidth) != 0;
                var shown = screens.Screen[x, y];
                Assert.Equal(narrowed ? " " : cell.IsTail ? "" : screens.Pool.TextOf(cell.Glyph), shown.Text);
                Assert.Equal(Visible(screens.Styles[cell.Style], shown.Text), Visible(shown.Style, shown.Text));
            }
        }
        if (screens.Frame.Cursor is { } cursor)
            Assert.Equal(cursor, screens.Screen.Cursor);
    }

    /// <summary>Of a space without lines or reverse video only the ground is seen.</summary>
    private static Style Visible(Style style, string text)
    {
        const TextAttributes Seen = TextAttributes.Underline | TextAttributes.Reverse | TextAttributes.Strike;
        return text == " " && (style.Attributes & Seen) == 0 ? Style.Default with { Background = style.Background } : style;
    }
}
