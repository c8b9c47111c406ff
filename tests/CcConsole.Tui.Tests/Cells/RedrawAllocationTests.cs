using CcConsole.Tui.Widgets;
using Xunit;

namespace CcConsole.Tui.Tests.Cells;

public sealed class RedrawAllocationTests
{
    private sealed record Row(int Number, string Host, string Job, string State);

    [Fact]
    public void Redrawing_a_frame_of_200_by_50_allocates_nothing()
    {
        var screens = new Screens(200, 50);
        var table = Table();
        var header = new HeaderBar { Crumbs = ["CcConsole", "Fleet", "web01"], Items = [new HeaderItem("41 hosts"), new HeaderItem("14:02 UTC", Priority: 0)] };
        var hints = new HintBar { Hints = [new Hint('q', "quit"), new Hint('/', "filter")] };
        for (var i = 0; i < 20; i++)
            Draw(i);
        // What the runtime compiles in between comes to an end; what a frame allocates does not.
        var inARow = 0;
        for (var i = 0; i < 100 && inARow < 5; i++)
            inARow = AllocatedByHundred() == 0 ? inARow + 1 : 0;
        Assert.Equal(5, inARow);

        long AllocatedByHundred()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
                Draw(i);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Draw(int round)
        {
            var canvas = screens.Frame.Begin();
            table.SelectedIndex = round % 40;
            header.Draw(canvas.Sub(canvas.Area.Top(1)));
            table.Draw(canvas.Sub(canvas.Area.WithoutTop(1).WithoutBottom(1)));
            hints.Draw(canvas.Sub(canvas.Area.BottomRows(1)));
            screens.Renderer.Render(screens.Frame.Grid, screens.Frame.Cursor);
        }
    }

    private static TableView<Row> Table() => new(
        [
            new("State", r => r.State) { Width = 8, Scope = r => r.State == "✗ fail" ? "state.fail" : "state.ok" },
            new("Host", r => r.Host) { Width = 10, Grow = 1 },
            new("Job", r => r.Job) { Width = 20, Grow = 3, Priority = 1 },
        ],
        r => r)
    {
        Rows = [.. Enumerable.Range(0, 60).Select(i => new Row(i, $"web{i:00}", "漢字 nightly e\u0301 backup 👩‍👩‍👧", i % 3 == 0 ? "✗ fail" : "✓ ok"))],
        Match = "nightly",
    };
}
