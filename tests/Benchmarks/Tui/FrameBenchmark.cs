using BenchmarkDotNet.Attributes;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Theming;
using CcConsole.Tui.Widgets;

namespace Benchmarks.Tui;

/// <summary>Drawing a list of 200×50 cells and turning it into bytes; nothing is allocated.</summary>
[MemoryDiagnoser]
public class FrameBenchmark
{
    private readonly Frame _frame;
    private readonly DiffRenderer _renderer;
    private readonly TableView<string[]> _table;
    private int _round;

    /// <summary>A table of 200 rows.</summary>
    public FrameBenchmark()
    {
        var styles = new StyleTable();
        var pool = new GlyphPool();
        _frame = new Frame(new Size(200, 50), styles, pool, BasicTheme.Resolve(styles, ColorDepth.TrueColor), GlyphSet.Unicode);
        _renderer = new DiffRenderer(styles, pool);
        _table = new TableView<string[]>(
            [
                new("State", r => r[0]) { Width = 8, Scope = r => r[0] == "✗ fail" ? "state.fail" : "state.ok" },
                new("Host", r => r[1]) { Width = 12 },
                new("Command", r => r[2]) { Width = 40, Grow = 1 },
            ],
            r => r)
        {
            Rows = [.. Enumerable.Range(0, 200).Select(i => (string[])[i % 7 == 0 ? "✗ fail" : "✓ ok", $"web{i:000}", $"/usr/local/bin/backup --all --target {i}"])],
        };
        Draw();
    }

    /// <summary>The selection moves: two rows change.</summary>
    [Benchmark]
    public int Selection_moves()
    {
        _table.SelectedIndex = _round++ % 40;
        return Draw();
    }

    /// <summary>Nothing changed.</summary>
    [Benchmark]
    public int Nothing_changes() => Draw();

    /// <summary>Everything is sent anew.</summary>
    [Benchmark]
    public int Repaint()
    {
        _renderer.Invalidate();
        return Draw();
    }

    private int Draw()
    {
        _table.Draw(_frame.Begin());
        return _renderer.Render(_frame.Grid, _frame.Cursor).Length;
    }
}
