using System.Globalization;
using System.Text;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Text;

namespace CcConsole.Tui.Testing;

/// <summary>A cell as a terminal shows it.</summary>
/// <param name="Text">Its cluster; empty for the right half of a wide one.</param>
/// <param name="Style">Its colours and attributes.</param>
public readonly record struct ShownCell(string Text, Style Style);

/// <summary>
/// A small model of a terminal, written independently of the renderer and used to check it: what the bytes show. It
/// knows the sequences that the kit sends; any other fails the test by an exception.
/// </summary>
public sealed class VtScreen
{
    private static readonly ShownCell Blank = new(" ", Style.Default);

    private readonly ShownCell[,] _cells;
    private readonly List<byte> _pending = [];
    private Style _style = Style.Default;

    /// <summary>A blank screen.</summary>
    public VtScreen(int width, int height)
    {
        Size = new Size(width, height);
        _cells = new ShownCell[Math.Max(0, height), Math.Max(0, width)];
        Erase(new Rect(0, 0, width, height));
    }

    /// <summary>Columns and rows.</summary>
    public Size Size { get; }

    /// <summary>Where the cursor is.</summary>
    public Point Cursor { get; private set; }

    /// <summary>Whether the cursor is shown.</summary>
    public bool CursorShown { get; private set; } = true;

    /// <summary>Columns that this terminal takes a cluster for, when terminals differ on it; null for the kit's own idea.</summary>
    public Func<string, int>? WidthOfUnsure { get; init; }

    /// <summary>The cell at a place.</summary>
    public ShownCell this[int x, int y] => _cells[y, x];

    /// <summary>One row, without the spaces at its end.</summary>
    public string Row(int y) => string.Concat(Enumerable.Range(0, Size.Width).Select(x => _cells[y, x].Text)).TrimEnd(' ');

    /// <summary>All rows, without the spaces at their ends, joined by line feeds.</summary>
    public string Text => string.Join('\n', Enumerable.Range(0, Size.Height).Select(Row));

    /// <summary>Takes in what was sent.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        _pending.AddRange(bytes);
        var text = Encoding.UTF8.GetString([.. _pending]);
        _pending.Clear();
        for (var i = 0; i < text.Length;)
            i += text[i] == '\e' ? Escape(text, i) : Print(text, i);
    }

    private int Print(string text, int at)
    {
        var length = Graphemes.Next(text.AsSpan(at));
        var cluster = text.Substring(at, length);
        if (char.IsControl(cluster[0]))
            throw new InvalidOperationException($"a control character reached the terminal: U+{(int)cluster[0]:X4}");
        var look = Graphemes.Look(cluster);
        var width = (look.Flags & CellFlags.UnsureWidth) != 0 ? WidthOfUnsure?.Invoke(cluster) ?? look.Width : look.Width;
        var (x, y) = (Math.Min(Cursor.X, Size.Width - 1), Cursor.Y);
        if (x + width > Size.Width)
            throw new InvalidOperationException($"\"{cluster}\" does not fit at column {x}");
        for (var i = 0; i < width; i++)
            Detach(x + i, y);
        _cells[y, x] = new ShownCell(cluster, _style);
        if (width == 2)
            _cells[y, x + 1] = new ShownCell("", _style);
        Cursor = new Point(x + width, y);
        return length;
    }

    private void Detach(int x, int y)
    {
        if (_cells[y, x].Text.Length == 0 && x > 0)
            _cells[y, x - 1] = new ShownCell(" ", _cells[y, x - 1].Style);
        if (x + 1 < Size.Width && _cells[y, x + 1].Text.Length == 0)
            _cells[y, x + 1] = new ShownCell(" ", _cells[y, x].Style);
    }

    private int Escape(string text, int at)
    {
        if (text[at + 1] == ']')
            return EndOfOsc(text, at) - at;
        if (text[at + 1] != '[')
            throw new InvalidOperationException($"unknown escape sequence: ESC {text[at + 1]}");
        var end = at + 2;
        while (text[end] is < '@' or > '~')
            end++;
        Csi(text[(at + 2)..end], text[end]);
        return end + 1 - at;
    }

    private static int EndOfOsc(string text, int at)
    {
        var bell = text.IndexOf('\a', at);
        var st = text.IndexOf("\e\\", at, StringComparison.Ordinal);
        return bell >= 0 && (st < 0 || bell < st) ? bell + 1 : st + 2;
    }

    private void Csi(string parameters, char final)
    {
        int[] numbers = parameters.StartsWith('?') || parameters.Length == 0
            ? []
            : [.. parameters.Split(';').Select(p => p.Length == 0 ? 0 : int.Parse(p, CultureInfo.InvariantCulture))];
        switch (final)
        {
            case 'H':
                Cursor = new Point(At(numbers, 1) - 1, At(numbers, 0) - 1);
                break;
            case 'G':
                Cursor = Cursor with { X = At(numbers, 0) - 1 };
                break;
            case 'J' when numbers is [2]:
                Erase(new Rect(0, 0, Size.Width, Size.Height));
                break;
            case 'K' when numbers is []:
                Detach(Math.Min(Cursor.X, Size.Width - 1), Cursor.Y);
                Erase(new Rect(Cursor.X, Cursor.Y, Size.Width - Cursor.X, 1));
                break;
            case 'm':
                _style = Sgr.Apply(_style, numbers);
                break;
            case 'h' or 'l' when parameters == "?25":
                CursorShown = final == 'h';
                break;
            case 'h' or 'l' when parameters is "?2026":
                break;
            case 'p' when parameters == "?2026$":
            case 'u' when parameters == "?":
            case 'c' when parameters == "":
                break; // questions
            default:
                throw new InvalidOperationException($"unknown control sequence: CSI {parameters} {final}");
        }
        if (!new Rect(0, 0, Size.Width + 1, Size.Height).Contains(Cursor) && Size is { Width: > 0, Height: > 0 })
            throw new InvalidOperationException($"the cursor left the screen: {Cursor}");
    }

    private static int At(int[] numbers, int index) => index < numbers.Length ? Math.Max(1, numbers[index]) : 1;

    private void Erase(Rect part)
    {
        // Erased cells keep the ground in force on some terminals and not on others: here they keep it.
        for (var y = part.Y; y < part.Bottom; y++)
        {
            for (var x = part.X; x < part.Right; x++)
                _cells[y, x] = Blank with { Style = Style.Default with { Background = _style.Background } };
        }
    }
}
