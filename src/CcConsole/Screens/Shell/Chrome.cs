using System.Globalization;
using CcConsole.Commands;
using CcConsole.Fleet;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>Header, toast and hints around the body. Texts are made when something changed, not at each drawing.</summary>
internal sealed class Chrome
{
    /// <summary>Below this size there is one line only.</summary>
    public static readonly Size Least = new(60, 15);

    private readonly Shell _shell;
    private readonly HeaderBar _header = new();
    private readonly HintBar _hints = new();
    private readonly Dictionary<Hint, ConsoleCommand> _commands = [];
    private Size _size;
    private string _tooSmall = "";
    private bool _changed = true;

    public Chrome(Shell shell)
    {
        _shell = shell;
        _header.CrumbChosen = crumb => shell.TryBackTo(Math.Max(0, crumb - 1));
    }

    /// <summary>Something changed that is shown here.</summary>
    public void Changed() => _changed = true;

    /// <summary>Draws everything.</summary>
    public void Draw(Canvas canvas, Popup? popup)
    {
        var size = new Size(canvas.Width, canvas.Height);
        if (size.Width < Least.Width || size.Height < Least.Height)
        {
            DrawTooSmall(canvas, size, popup);
            return;
        }
        if (_changed)
            Rebuild();
        _changed = false;
        _header.Draw(canvas.Sub(canvas.Area.Top(1)));
        _hints.Draw(canvas.Sub(canvas.Area.BottomRows(1)));
        var body = canvas.Area.WithoutTop(1).WithoutBottom(1);
        // While something is asked nothing that it is asked for runs yet, and Ctrl+C is the question's.
        var lines = _shell.Toasts.Text is not null ? _shell.Toasts.Rows(body.Width) : _shell.Operations.Newest is null || popup is not null ? 0 : 1;
        _shell.Top.Draw(canvas.Sub(body.WithoutBottom(lines)));
        DrawStatus(canvas.Sub(body.BottomRows(lines)));
        popup?.Draw(canvas.Sub(body));
    }

    /// <summary>Takes clicks on breadcrumbs and hints.</summary>
    public bool Handle(InputEvent input)
    {
        if (_header.Handle(input))
            return true;
        if (input is not MouseEvent { IsClick: true } mouse || _hints.At(mouse.At) is not { } hint || !_commands.TryGetValue(hint, out var command))
            return false;
        _shell.Run(command);
        return true;
    }

    private void DrawStatus(Canvas canvas)
    {
        if (canvas.Height == 0)
            return;
        if (_shell.Toasts.Text is not null)
        {
            _shell.Toasts.Pane.Draw(canvas);
        }
        else if (_shell.Operations.Newest is { } what)
        {
            var used = canvas.Draw(0, 0, StatusLook.Of(Status.Running).Mark(_shell.Ascii), "state.run") + 1;
            used += canvas.DrawFit(used, 0, what, canvas.Width - used, canvas["text"]) + 2;
            canvas.DrawFit(used, 0, "Ctrl+C cancels", canvas.Width - used, canvas["text.dim"]);
        }
    }

    private void DrawTooSmall(Canvas canvas, Size size, Popup? popup)
    {
        if (_size != size)
            _tooSmall = string.Create(CultureInfo.InvariantCulture, $"needs {Least.Width}x{Least.Height} q quits");
        _size = size;
        if (popup is null)
        {
            canvas.DrawFit(0, 0, _tooSmall, canvas.Width, canvas["text"]);
            return;
        }
        var used = canvas.DrawFit(0, 0, popup.ShortForm, canvas.Width, canvas["text.strong"]);
        canvas.DrawFit(used + 1, 0, "Enter Esc", canvas.Width - used - 1, canvas["text.dim"]);
    }

    private void Rebuild()
    {
        _header.Crumbs = ["CcConsole", .. _shell.Screens.Select(screen => screen.Title)];
        _header.Items = [.. Counts(), .. ReadOnly(), new HeaderItem(Clock(), "header", 1)];
        _commands.Clear();
        foreach (var command in CommandRegistry.For(_shell.Top).Where(command => command.IsHinted))
        {
            // Where typing goes into a field, only keys that type nothing are commands.
            if (command.Keys.Where(key => !_shell.Top.TakesText || key.Typed is null).Select(key => (Key?)key).FirstOrDefault() is { } key)
                _commands.TryAdd(new Hint(key, command.Name, command.WhyNot(_shell.Top)), command);
        }
        _hints.Hints = [.. _commands.Keys];
    }

    private IEnumerable<HeaderItem> Counts()
    {
        var snapshot = _shell.Snapshot;
        if (snapshot.Loaded < snapshot.Hosts.Count)
            yield return new HeaderItem(Text($"loading {snapshot.Loaded}/{snapshot.Hosts.Count}"), "text.dim", 2);
        yield return new HeaderItem(snapshot.Hosts.Count == 1 ? "1 host" : Text($"{snapshot.Hosts.Count} hosts"), "header", 5);
        var failed = snapshot.Hosts.Count(host => host.Status == Status.Fail);
        var offline = snapshot.Hosts.Count(host => host.Status == Status.Offline);
        var late = snapshot.Hosts.Sum(host => host.Late);
        var stopped = snapshot.Hosts.Count(host => host.IsCronStopped);
        if (failed > 0)
            yield return new HeaderItem(Text($"{failed} failed"), "state.fail", 3);
        if (offline > 0)
            yield return new HeaderItem(Text($"{offline} offline"), "state.offline", 4);
        if (stopped > 0)
            yield return new HeaderItem(Text($"{stopped} without cron"), "state.late", 4);
        if (late > 0)
            yield return new HeaderItem(Text($"{late} late"), "state.late", 4);
    }

    private IEnumerable<HeaderItem> ReadOnly()
    {
        if (_shell.Snapshot.IsReadOnly)
            yield return new HeaderItem("READ-ONLY", "header.readonly", 0);
    }

    private string Clock()
    {
        var zone = _shell.Application.Time.LocalTimeZone;
        var now = TimeZoneInfo.ConvertTime(_shell.Now, zone);
        return $"{now.ToString("HH:mm", CultureInfo.InvariantCulture)} {TimeText.ZoneName(now, zone)}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
