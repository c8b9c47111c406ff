using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>A few lines to fill in. The answer is what stands in them; Ctrl+S, or Enter on the last, gives it.</summary>
internal sealed class FieldsPopup : Popup<IReadOnlyList<string>>
{
    private const int Rows = 4;
    private readonly string _title;
    private readonly string _done;
    private readonly TextField[] _fields;
    private readonly Form _form;

    /// <param name="title">The heading.</param>
    /// <param name="done">What giving the answer does, in a word.</param>
    /// <param name="fields">Label, text at the start and a word of help for each line.</param>
    public FieldsPopup(string title, string done, params IReadOnlyList<(string Label, string Text, string Note)> fields)
    {
        (_title, _done) = (title, done);
        _fields = [.. fields.Select(field =>
        {
            var line = new TextField(field.Label) { Note = field.Note.Length > 0 ? field.Note : null };
            line.Input.Text = field.Text;
            return line;
        })];
        _form = new Form(_fields);
    }

    /// <inheritdoc/>
    public override string ShortForm => _title;

    /// <summary>Passes over the first line, whose text stays as it is.</summary>
    public FieldsPopup WithFixedFirst()
    {
        _fields[0].Disabled = true;
        _form.FocusIndex = Math.Min(1, _fields.Length - 1);
        return this;
    }

    /// <inheritdoc/>
    public override void Draw(Canvas canvas)
    {
        var area = canvas.Area.Center(78, _fields.Sum(field => 1 + (field.Note is null ? 0 : 1)) + Rows);
        canvas.Fill(area, canvas["text"]);
        canvas.Border(area, canvas["border"], _title, canvas["title"]);
        _form.Draw(canvas.Sub(area.Inset(2, 1).WithoutBottom(1)));
        canvas.DrawFit(area.X + 2, area.Bottom - 2, $"Enter next, Ctrl+S {_done}, Esc back", area.Width - 4, canvas["text.dim"]);
    }

    /// <inheritdoc/>
    public override void Handle(InputEvent input)
    {
        if (input is KeyEvent { Key: { Code: KeyCode.Escape } })
            Cancel();
        else if (input is KeyEvent { Key: var key } && (key == Key.Ctrl('s') || (key == KeyCode.Enter && _form.Focused == _fields[^1])))
            Close([.. _fields.Select(field => field.Input.Text)]);
        else
            _form.Handle(input);
    }
}
