using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Text;

namespace CcConsole.Tui.Widgets;

/// <summary>
/// Fields below each other, one of them focused: Tab, Shift+Tab, up, down and Enter move on where the field has no use
/// for them; a click focuses. The focused field stays in view.
/// </summary>
public sealed class Form
{
    private readonly List<Rect> _drawn = [];
    private int _top;

    /// <param name="fields">The fields, from the top.</param>
    public Form(params IReadOnlyList<FormField> fields)
    {
        Fields = fields;
        if (fields.Count > 0 && fields[0].Disabled)
            Move(1);
    }

    /// <summary>The fields, from the top.</summary>
    public IReadOnlyList<FormField> Fields { get; }

    /// <summary>The focused field's place.</summary>
    public int FocusIndex { get; set; }

    /// <summary>The focused field; null when there is none.</summary>
    public FormField? Focused => FocusIndex < Fields.Count ? Fields[FocusIndex] : null;

    /// <summary>Draws labels, values, errors and notes.</summary>
    public void Draw(Canvas canvas, bool focused = true)
    {
        var label = 0;
        for (var i = 0; i < Fields.Count; i++)
            label = Math.Max(label, Graphemes.Width(Fields[i].Label));
        label = Math.Min(label + 2, canvas.Width / 2);
        ScrollToFocus(canvas.Height);
        _drawn.Clear();
        var y = -_top;
        for (var i = 0; i < Fields.Count; i++)
        {
            var field = Fields[i];
            var hasFocus = focused && i == FocusIndex;
            canvas.DrawFit(0, y, field.Label, label - 1, canvas[field.Disabled ? "text.dim" : hasFocus ? "text.strong" : "text"]);
            var value = canvas.Sub(new Rect(label, y, canvas.Width - label, field.Height));
            _drawn.Add(value.Bounds);
            field.Draw(value, hasFocus);
            var below = y + field.Height;
            if ((field.Error ?? field.Warning) is { } fault)
            {
                DrawFault(canvas.Sub(new Rect(label, below, canvas.Width - label, 1)), field.FaultColumn, fault, field.Error is not null);
            }
            else if (field.Note is { } note)
            {
                canvas.DrawFit(label, below, note, canvas.Width - label, canvas["text.dim"]);
            }
            y += Rows(field);
        }
    }

    /// <summary>Takes an event.</summary>
    /// <returns>Whether it was used.</returns>
    public bool Handle(InputEvent input)
    {
        if (input is MouseEvent { IsClick: true } mouse)
        {
            var at = _drawn.FindIndex(r => r.Contains(mouse.At));
            if (at < 0 || Fields[at].Disabled)
                return false;
            FocusIndex = at;
            Fields[at].Handle(input);
            return true;
        }
        if (Focused is { } field && field.Handle(input))
            return true;
        return input is KeyEvent { Key: var key } && key switch
        {
            { Code: KeyCode.Tab or KeyCode.Down or KeyCode.Enter, Modifiers: 0 } => Move(1),
            { Code: KeyCode.Tab, Modifiers: KeyModifiers.Shift } or { Code: KeyCode.Up, Modifiers: 0 } => Move(-1),
            _ => false,
        };
    }

    /// <summary>The mark under the character at fault, and the text on that side of it where it fits.</summary>
    private static void DrawFault(Canvas canvas, int column, string text, bool isError)
    {
        var at = Math.Clamp(column, 0, Math.Max(0, canvas.Width - 1));
        var style = canvas[isError ? "state.fail" : "state.late"];
        canvas.Draw(at, 0, canvas.Glyphs.FieldError, isError ? "input.invalid" : "state.late");
        var (before, after, width) = (at - 1, canvas.Width - at - 2, Graphemes.Width(text));
        if (width > after && (width <= before || before > after))
            canvas.DrawFit(Math.Max(0, before - width), 0, text, Math.Min(before, width), style);
        else
            canvas.DrawFit(at + 2, 0, text, after, style);
    }

    private bool Move(int step)
    {
        for (var i = 1; i <= Fields.Count; i++)
        {
            var next = ((FocusIndex + i * step) % Fields.Count + Fields.Count) % Fields.Count;
            if (Fields[next].Disabled)
                continue;
            FocusIndex = next;
            return true;
        }
        return false;
    }

    private void ScrollToFocus(int height)
    {
        var (start, total) = (0, 0);
        for (var i = 0; i < Fields.Count; i++)
        {
            start += i < FocusIndex ? Rows(Fields[i]) : 0;
            total += Rows(Fields[i]);
        }
        var end = start + (Focused is { } field ? Rows(field) : 0);
        _top = Math.Clamp(_top, Math.Max(0, end - height), Math.Max(Math.Max(0, end - height), start));
        _top = Math.Min(_top, Math.Max(0, total - height));
    }

    private static int Rows(FormField field) => field.Height + (field.Error ?? field.Warning ?? field.Note) switch { null => 0, _ => 1 };
}
