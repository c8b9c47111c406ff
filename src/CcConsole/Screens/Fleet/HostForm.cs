using CcConsole.Fleet.Hosts;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The form for a new host. Nothing is written before Enter on the last field or Ctrl+S.</summary>
internal sealed class HostForm : Popup<HostEntry>
{
    private readonly TextField _name = new("Name") { Note = "what screens and verbs call it" };
    private readonly TextField _destination = new("Destination") { Note = "alias of ssh_config, user@host, user@host:port; local for this machine" };
    private readonly TextField _tags = new("Tags") { Note = "words with spaces between; prod asks for the name before a change" };
    private readonly Form _form;

    private HostForm()
    {
        _form = new Form(_name, _destination, _tags);
        _name.Input.Changed = () => _destination.Input.Placeholder = _name.Input.Text;
    }

    /// <inheritdoc/>
    public override string ShortForm => "Add a host";

    /// <summary>Asks for a host and adds it.</summary>
    public static void Start(Shell shell) => shell.Operations.Start("adding a host", async _ =>
    {
        if (await shell.AskAsync(new HostForm()) is not { } host)
            return;
        shell.Fleet.Hosts.Add(host);
        shell.Fleet.Monitor.Publish();
        shell.Toasts.Show($"{host.Name} is on the list");
        await shell.Fleet.Monitor.RefreshAsync(host.Name);
    });

    /// <inheritdoc/>
    public override void Draw(Canvas canvas)
    {
        var area = canvas.Area.Center(76, 11);
        canvas.Fill(area, canvas["text"]);
        canvas.Border(area, canvas["border"], "Add a host", canvas["title"]);
        _form.Draw(canvas.Sub(area.Inset(2, 1).WithoutBottom(1)));
        canvas.DrawFit(area.X + 2, area.Bottom - 2, "Enter next, Ctrl+S add, Esc back", area.Width - 4, canvas["text.dim"]);
    }

    /// <inheritdoc/>
    public override void Handle(InputEvent input)
    {
        if (input is KeyEvent { Key: { Code: KeyCode.Escape } })
            Cancel();
        else if (input is KeyEvent { Key: var key } && (key == Key.Ctrl('s') || (key == KeyCode.Enter && _form.Focused == _tags)))
            Finish();
        else
            _form.Handle(input);
    }

    private void Finish()
    {
        var name = _name.Input.Text.Trim();
        _name.Error = name.Length == 0 ? "a host needs a name" : null;
        if (_name.Error is not null)
        {
            _form.FocusIndex = 0;
            return;
        }
        var destination = _destination.Input.Text.Trim();
        Close(new HostEntry
        {
            Name = name,
            Destination = destination.Length > 0 ? destination : name,
            Tags = _tags.Input.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        });
    }
}
