using System.Globalization;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>A host that something can be copied to.</summary>
/// <param name="Name">Its name in the fleet.</param>
/// <param name="Note">Its tags, or why it cannot be chosen.</param>
/// <param name="CanChoose">Whether it can be chosen.</param>
internal sealed record HostChoice(string Name, string Note, bool CanChoose);

/// <summary>Which hosts a copy goes to, and how.</summary>
/// <param name="Hosts">Their names.</param>
/// <param name="BringVariables">Whether variables that differ there come along.</param>
/// <param name="MayRelease">Whether the wrapper is left off where there is no agent.</param>
internal sealed record CopyChoice(IReadOnlyList<string> Hosts, bool BringVariables, bool MayRelease);

/// <summary>A checklist of hosts to copy to.</summary>
internal sealed class HostsPopup : Popup<CopyChoice>
{
    private readonly string _title;
    private readonly TableView<HostChoice> _table;
    private bool _bring;
    private bool _release;
    private string _heading = "";
    private string _options = "";
    private string _problem = "";

    /// <param name="title">The heading.</param>
    /// <param name="hosts">What can be chosen, and what not and why.</param>
    public HostsPopup(string title, IReadOnlyList<HostChoice> hosts)
    {
        _title = title;
        _table = new TableView<HostChoice>(
        [
            new("Host", host => host.Name) { Width = 16, Grow = 1 },
            new("", host => host.Note) { Width = 20, Grow = 2, Scope = host => host.CanChoose ? "text.dim" : "state.off" },
        ],
            host => host.Name)
        {
            RowScope = host => host.CanChoose ? null : "text.dim",
            Rows = hosts,
            EmptyText = "there is no other host",
        };
        SetTexts();
    }

    /// <inheritdoc/>
    public override string ShortForm => _title;

    /// <inheritdoc/>
    public override void Draw(Canvas canvas)
    {
        var area = canvas.Area.Center(Math.Min(canvas.Width, 84), Math.Min(canvas.Height, _table.Rows.Count + 9));
        canvas.Fill(area, canvas["text"]);
        canvas.Border(area, canvas["border"], _title, canvas["title"]);
        var inner = canvas.Sub(area.Inset(2, 1));
        inner.DrawFit(0, 0, _heading, inner.Width, inner["text"]);
        _table.Draw(inner.Sub(inner.Area.WithoutTop(2).WithoutBottom(3)));
        inner.DrawFit(0, inner.Height - 2, _options, inner.Width, inner["text"]);
        inner.DrawFit(0, inner.Height - 1, _problem.Length > 0 ? _problem : "Space marks, A all, Enter goes on, Esc back", inner.Width, inner[_problem.Length > 0 ? "state.fail" : "text.dim"]);
    }

    /// <inheritdoc/>
    public override void Handle(InputEvent input)
    {
        _problem = "";
        switch (input)
        {
            case KeyEvent { Key: { Code: KeyCode.Escape } }:
                Cancel();
                break;
            case KeyEvent { Key: { Code: KeyCode.Enter } }:
                Finish();
                break;
            case KeyEvent { Key: { Typed.Value: 'b' } }:
                _bring = !_bring;
                break;
            case KeyEvent { Key: { Typed.Value: 'w' } }:
                _release = !_release;
                break;
            case KeyEvent { Key: { Typed.Value: 'A' } }:
                foreach (var host in _table.Rows.Where(host => host.CanChoose))
                    _table.Mark(host, true);
                break;
            case KeyEvent { Key: { Typed.Value: ' ' } } when _table.Selected is { CanChoose: false } host:
                _problem = $"{host.Name}: {host.Note}";
                break;
            default:
                _table.Handle(input);
                break;
        }
        SetTexts();
    }

    private void Finish()
    {
        var chosen = _table.Chosen.Where(host => host.CanChoose).Select(host => host.Name).ToList();
        if (chosen.Count > 0)
            Close(new CopyChoice(chosen, _bring, _release));
        else
            _problem = "no host is marked";
    }

    private void SetTexts()
    {
        _heading = string.Create(CultureInfo.InvariantCulture, $"{_table.Marked.Count} of {_table.Rows.Count(host => host.CanChoose)} hosts are marked{(_table.Marked.Count == 0 ? ": Enter takes the selected one" : "")}");
        _options = $"{(_bring ? "[x]" : "[ ]")} b variables that differ come along   {(_release ? "[x]" : "[ ]")} w no wrapper where no agent is";
    }
}
