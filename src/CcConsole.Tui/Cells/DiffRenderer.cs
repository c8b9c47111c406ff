using System.Runtime.InteropServices;

namespace CcConsole.Tui.Cells;

/// <summary>
/// Turns a grid into the bytes that bring the terminal from the last one to this one. Its rules: equal cells cost
/// nothing (compared eight bytes at a time, vectorised); nothing is allocated; the cursor's place is taken as known
/// only where all terminals agree on it, else it is set absolutely; a blank end of a row is erased only in the
/// default ground, since terminals differ on the colour of erased cells.
/// </summary>
public sealed class DiffRenderer
{
    /// <summary>Unchanged cells up to this many are sent again rather than jumped over.</summary>
    private const int JumpLength = 4;

    /// <summary>Updates longer than this, in bytes, are marked as one (mode 2026) where the terminal knows that.</summary>
    private const int SynchronizedLength = 256;

    private readonly GlyphPool _pool;
    private readonly SgrWriter _sgr;
    private readonly ByteBuffer _out = new();
    private readonly CellGrid _shown = new(default);
    private bool _known;
    private bool _cursorShown;
    private int _x;
    private int _y;

    /// <param name="styles">The styles that the grids refer to.</param>
    /// <param name="pool">The clusters that the grids refer to.</param>
    public DiffRenderer(StyleTable styles, GlyphPool pool)
    {
        _pool = pool;
        _sgr = new SgrWriter(styles);
    }

    /// <summary>What the terminal shows; changing it repaints everything.</summary>
    public ColorDepth Depth
    {
        get => _sgr.Depth;
        set
        {
            if (_sgr.Depth != value)
                Invalidate();
            _sgr.Depth = value;
        }
    }

    /// <summary>Whether the terminal answered that it knows synchronized updates (mode 2026).</summary>
    public bool Synchronized { get; set; }

    /// <summary>Forgets what the terminal shows: the next frame clears and repaints everything.</summary>
    public void Invalidate() => _known = false;

    /// <summary>
    /// The bytes to send; empty when nothing changed. Valid until the next call. Afterwards the terminal is taken to
    /// show <paramref name="next"/>.
    /// </summary>
    /// <param name="next">The frame's cells.</param>
    /// <param name="cursor">Where the cursor is shown; null hides it.</param>
    public ReadOnlySpan<byte> Render(CellGrid next, Point? cursor)
    {
        _out.Clear();
        _out.Write("\e[?2026h"u8);
        var prefix = _out.Length;
        if (!_known || _shown.Size != next.Size)
            Restart(next.Size);
        for (var y = 0; y < next.Size.Height; y++)
            RenderRow(next.Row(y), _shown.Row(y), y);
        PlaceCursor(cursor, next.Size);
        if (_out.Length - prefix <= SynchronizedLength || !Synchronized)
            return _out.Written[prefix..];
        _out.Write("\e[?2026l"u8);
        return _out.Written;
    }

    private void Restart(Size size)
    {
        _sgr.Reset(_out);
        _out.Write("\e[?25l\e[2J"u8);
        _cursorShown = false;
        _shown.Resize(size);
        _known = true;
        _x = _y = -1;
    }

    private void RenderRow(Span<Cell> next, Span<Cell> shown, int y)
    {
        var blankFrom = -1;
        var x = 0;
        while (true)
        {
            x += Same(next[x..], shown[x..]);
            if (x >= next.Length)
                return;
            if (blankFrom < 0)
                blankFrom = BlankFrom(next);
            if (x >= blankFrom && next.Length - x > JumpLength)
            {
                MoveTo(x, y);
                _sgr.Write(_out, next[^1].Style);
                _out.Write("\e[K"u8);
                next[x..].CopyTo(shown[x..]);
                return;
            }
            x = SendRun(next, shown, x, y, blankFrom);
        }
    }

    /// <summary>Sends changed cells from <paramref name="x"/> on, and short stretches of unchanged ones between them.</summary>
    private int SendRun(Span<Cell> next, Span<Cell> shown, int x, int y, int blankFrom)
    {
        while (x < next.Length && (x < blankFrom || next.Length - x <= JumpLength))
        {
            Send(next, x, y);
            var width = Math.Max((int)next[x].Width, 1);
            next.Slice(x, width).CopyTo(shown[x..]);
            x += width;
            var gap = Same(next[x..], shown[x..]);
            if (gap > JumpLength || x + gap >= next.Length || !Plain(next.Slice(x, gap)))
                return x;
        }
        return x;
    }

    private void Send(Span<Cell> next, int x, int y)
    {
        var cell = next[x];
        MoveTo(x, y);
        _sgr.Write(_out, cell.Style);
        if ((cell.Flags & CellFlags.UnsureWidth) != 0)
        {
            // Whatever the terminal takes the width for, both cells are clean and the next glyph is placed.
            for (var i = 0; i < cell.Width; i++)
                _out.Write((byte)' ');
            _x = -1;
            MoveTo(x, y);
            _out.WriteGlyph(cell.Glyph, _pool);
            _x = -1;
            return;
        }
        _out.WriteGlyph(cell.Glyph, _pool);
        _x += cell.Width;
        if (_x >= next.Length)
            _x = -1;
    }

    private void MoveTo(int x, int y)
    {
        if (_x == x && _y == y)
            return;
        _out.Write("\e["u8);
        // After an unsure glyph or at the right margin the row still is that of the last glyph.
        if (_y == y)
        {
            if (x > 0)
                _out.WriteNumber(x + 1);
            _out.Write((byte)'G');
        }
        else
        {
            _out.WriteNumber(y + 1);
            if (x > 0)
            {
                _out.Write((byte)';');
                _out.WriteNumber(x + 1);
            }
            _out.Write((byte)'H');
        }
        (_x, _y) = (x, y);
    }

    private void PlaceCursor(Point? cursor, Size size)
    {
        if (cursor is { } at && new Rect(0, 0, size.Width, size.Height).Contains(at))
        {
            MoveTo(at.X, at.Y);
            if (!_cursorShown)
                _out.Write("\e[?25h"u8);
            _cursorShown = true;
        }
        else if (_cursorShown)
        {
            _out.Write("\e[?25l"u8);
            _cursorShown = false;
        }
    }

    /// <summary>From where on a row is blank in one style that erasing produces on every terminal.</summary>
    private int BlankFrom(Span<Cell> row)
    {
        var last = row[^1];
        if (last != new Cell(' ', last.Style, 1) || !_sgr.IsErasable(last.Style))
            return row.Length;
        var from = row.Length - 1;
        while (from > 0 && row[from - 1] == last)
            from--;
        return from;
    }

    private static bool Plain(ReadOnlySpan<Cell> cells)
    {
        foreach (var cell in cells)
        {
            if (cell.Glyph is < 0x20 or >= 0x7F || cell.Style != cells[0].Style)
                return false;
        }
        return true;
    }

    private static int Same(ReadOnlySpan<Cell> a, ReadOnlySpan<Cell> b) =>
        MemoryMarshal.Cast<Cell, ulong>(a).CommonPrefixLength(MemoryMarshal.Cast<Cell, ulong>(b));
}
