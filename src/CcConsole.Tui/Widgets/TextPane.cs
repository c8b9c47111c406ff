using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Text;

namespace CcConsole.Tui.Widgets;

/// <summary>
/// Text to read: a job's output, a diff, a log that grows. Keys: as in a table, left and right sideways, <c>f</c> follows
/// the end (off when one scrolls up), <c>w</c> wraps, <c>n N</c> step through what <see cref="Search"/> found. Tabs are
/// expanded to eight columns. At most <see cref="MaxLines"/> lines are kept; the oldest go.
/// </summary>
public sealed class TextPane
{
    private readonly List<(string Text, string? Scope)> _lines = [];
    private readonly List<(int Line, int Start, int Length)> _rows = [];
    private Rect _drawn;
    private Scroll _scroll;
    private int _left;
    private int _widest;
    private int _laidOutWidth = -1;
    private int _laidOutLines;
    private bool _open;
    private bool _wrap;

    /// <summary>How many lines are kept.</summary>
    public int MaxLines { get; set; } = 20_000;

    /// <summary>Whether long lines go on in the next row.</summary>
    public bool Wrap
    {
        get => _wrap;
        set => (_wrap, _laidOutWidth) = (value, -1);
    }

    /// <summary>Whether a line that wraps is broken at a space where there is one, for text to read; off, every row is filled.</summary>
    public bool WrapWords { get; init; }

    /// <summary>Whether the end stays in view while the text grows.</summary>
    public bool Follow { get; set; }

    /// <summary>Text that is marked where it occurs, without regard to case; null for none.</summary>
    public string? Search { get; set; }

    /// <summary>How many lines there are.</summary>
    public int Count => _lines.Count;

    /// <summary>The first row shown.</summary>
    public int Top => _scroll.Top;

    /// <summary>All lines, joined by line feeds.</summary>
    public string Text => string.Join('\n', _lines.Select(l => l.Text));

    /// <summary>Replaces everything; the place is kept as far as it goes.</summary>
    public void Set(string text, string? scope = null)
    {
        Clear();
        Append(text, scope);
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        _lines.Clear();
        (_laidOutWidth, _open) = (-1, false);
    }

    /// <summary>Adds one whole line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="scope">Its scope; null for <c>text</c>.</param>
    public void AppendLine(string line, string? scope = null) => Append(line + "\n", scope);

    /// <summary>Adds text as it comes; the last line stays open until its end comes.</summary>
    public void Append(string text, string? scope = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
            return;
        var parts = text.Split('\n');
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i].EndsWith('\r') && i < parts.Length - 1 ? parts[i][..^1] : parts[i];
            if (_open)
            {
                var open = _lines[^1];
                _lines[^1] = (ExpandTabs(open.Text + part), open.Scope);
                if (_laidOutLines == _lines.Count)
                    _laidOutWidth = -1;
            }
            else if (i < parts.Length - 1 || part.Length > 0)
            {
                _lines.Add((ExpandTabs(part), scope));
            }
            _open = i == parts.Length - 1 && (part.Length > 0 || _open && parts.Length == 1);
        }
        if (_lines.Count > MaxLines)
        {
            // A tenth at once, so that a stream does not lay out everything anew with each line.
            _lines.RemoveRange(0, Math.Min(_lines.Count, _lines.Count - MaxLines + MaxLines / 10));
            _laidOutWidth = -1;
        }
    }

    /// <summary>Scrolls to the next line that holds <see cref="Search"/>, from the first row shown; whether there is one.</summary>
    public bool FindNext(bool backwards = false)
    {
        if (string.IsNullOrEmpty(Search) || _rows.Count == 0)
            return false;
        var from = _rows[Math.Min(_scroll.Top, _rows.Count - 1)].Line;
        for (var step = 1; step <= _lines.Count; step++)
        {
            var line = ((from + (backwards ? -step : step)) % _lines.Count + _lines.Count) % _lines.Count;
            if (!_lines[line].Text.Contains(Search, StringComparison.OrdinalIgnoreCase))
                continue;
            Follow = false;
            _scroll.Top = Math.Clamp(_rows.FindIndex(r => r.Line == line), 0, _scroll.Last);
            return true;
        }
        return false;
    }

    /// <summary>Draws the part in view.</summary>
    public void Draw(Canvas canvas)
    {
        _drawn = canvas.Bounds;
        LayOut(Math.Max(1, canvas.Width - 1));
        _scroll.Fit(_rows.Count, canvas.Height);
        if (Follow)
            _scroll.Top = _scroll.Last;
        _left = Wrap ? 0 : Math.Clamp(_left, 0, Math.Max(0, _widest - canvas.Width + 1));
        var body = canvas.Sub(canvas.Area.Left(canvas.Width - 1));
        for (var y = 0; y < canvas.Height && _scroll.Top + y < _rows.Count; y++)
        {
            var (line, start, length) = _rows[_scroll.Top + y];
            var text = _lines[line].Text.AsSpan(start, length);
            body.Draw(-_left, y, text, _lines[line].Scope ?? "text");
            DrawMatches(body, y, text);
        }
        _scroll.DrawBar(canvas, canvas.Area, "border");
    }

    /// <summary>Takes an event.</summary>
    /// <returns>Whether it was used.</returns>
    public bool Handle(InputEvent input)
    {
        switch (input)
        {
            case KeyEvent { Key: var key } when _scroll.Distance(key) is { } distance:
                ScrollBy(distance);
                return true;
            case KeyEvent { Key: { Code: KeyCode.Left or KeyCode.Right, Modifiers: 0 } key } when !Wrap:
                _left = Math.Max(0, _left + (key.Code == KeyCode.Left ? -8 : 8));
                return true;
            case KeyEvent { Key: { Modifiers: 0, Rune.Value: 'f' } }:
                Follow = !Follow;
                return true;
            case KeyEvent { Key: { Modifiers: 0, Rune.Value: 'w' } }:
                Wrap = !Wrap;
                return true;
            case KeyEvent { Key: { Modifiers: 0, Rune.Value: 'n' or 'N' } key } when !string.IsNullOrEmpty(Search):
                FindNext(key.Rune.Value == 'N');
                return true;
            case MouseEvent { Action: MouseAction.WheelUp or MouseAction.WheelDown } mouse when _drawn.Contains(mouse.At):
                ScrollBy(mouse.Action == MouseAction.WheelUp ? -3 : 3);
                return true;
            default:
                return false;
        }
    }

    private void ScrollBy(int rows)
    {
        if (rows < 0)
            Follow = false;
        _scroll.Top = (int)Math.Clamp((long)_scroll.Top + rows, 0, _scroll.Last);
    }

    private void LayOut(int width)
    {
        if (_laidOutWidth != width)
        {
            _rows.Clear();
            (_laidOutLines, _widest) = (0, 0);
        }
        _laidOutWidth = width;
        for (; _laidOutLines < _lines.Count; _laidOutLines++)
        {
            var text = _lines[_laidOutLines].Text;
            _widest = Math.Max(_widest, Wrap ? 0 : Graphemes.Width(text));
            var start = 0;
            do
            {
                var length = Wrap ? RowLength(text.AsSpan(start), width) : text.Length;
                _rows.Add((_laidOutLines, start, length));
                start += length;
            }
            while (start < text.Length);
        }
    }

    private int RowLength(ReadOnlySpan<char> text, int width) => text.IsEmpty ? 0
        : WrapWords ? WordWrap.Next(text, width)
        : Math.Max(Graphemes.Fit(text, width, out _), Math.Min(Graphemes.Next(text), text.Length));

    private void DrawMatches(Canvas body, int y, ReadOnlySpan<char> text)
    {
        if (string.IsNullOrEmpty(Search))
            return;
        var from = 0;
        while (text[from..].IndexOf(Search, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
        {
            from += at;
            var x = Graphemes.Width(text[..from]);
            body.Overlay(new Rect(x - _left, y, Graphemes.Width(text.Slice(from, Search.Length)), 1), "match");
            from += Search.Length;
        }
    }

    private static string ExpandTabs(string line)
    {
        for (var tab = line.IndexOf('\t'); tab >= 0; tab = line.IndexOf('\t'))
        {
            var column = Graphemes.Width(line.AsSpan(0, tab));
            line = string.Concat(line.AsSpan(0, tab), new string(' ', 8 - column % 8), line.AsSpan(tab + 1));
        }
        return line;
    }
}
