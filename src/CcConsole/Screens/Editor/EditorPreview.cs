using System.Globalization;
using System.Text;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Fleet;
using CcConsole.Fleet.Jobs;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Text;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>What becomes of a draft: in words and times at the side, and byte for byte at the bottom.</summary>
internal sealed class EditorPreview
{
    private readonly TextPane _meaning = new() { Wrap = true, WrapWords = true };
    private readonly TextPane _line = new() { Wrap = true };
    private string _heading = "";
    private string _headingScope = "text.dim";
    private int _columns;

    /// <summary>What is shown.</summary>
    public JobPreview Shown { get; private set; } = new();

    /// <summary>Rows that the line takes in this width.</summary>
    public int LineRows(int width) => 1 + (_columns / Math.Max(1, width - 1));

    /// <summary>Shows what a draft would become.</summary>
    public void Show(JobPreview preview, IReadOnlyList<LintFinding> findings, JobEditor table, bool ascii)
    {
        var facts = table.Facts;
        Shown = preview;
        _meaning.Clear();
        if (preview.Meaning.Length > 0)
            _meaning.AppendLine(preview.Meaning, "text.strong");
        foreach (var finding in preview.Line.IsEmpty ? [] : findings)
        {
            var look = StatusLook.Of(finding.Severity);
            _meaning.AppendLine($"{look.Shown(ascii)}: {finding.Message}", look.Scope);
            _meaning.AppendLine($"  {finding.Hint}", "text.dim");
        }
        foreach (var warning in preview.Warnings.Skip(preview.Findings.Count))
            _meaning.AppendLine($"{StatusLook.Of(Status.Late).Mark(ascii)} {warning}", "state.late");
        if (preview.Problem is { } problem)
        {
            _meaning.AppendLine($"{StatusLook.Of(Status.Fail).Mark(ascii)} {problem}", "state.fail");
            if (preview.Hint is { } hint)
                _meaning.AppendLine(hint);
        }
        if (preview.NextRuns.Count > 0)
        {
            _meaning.AppendLine("");
            _meaning.AppendLine($"Next runs, {facts.Zone.Id}{(facts.ZoneNote is { } note ? $" ({note})" : "")}", "text.dim");
            foreach (var run in preview.NextRuns)
                _meaning.AppendLine(run.ToString("ddd yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));
        }
        var text = Encoding.UTF8.GetString(preview.Line.Span);
        _line.Set(text);
        _columns = Graphemes.Width(text);
        (_heading, _headingScope) = preview.Line.IsEmpty
            ? (" No line yet ", "text.dim")
            : (string.Create(CultureInfo.InvariantCulture, $" To {table.Table.Id.Words}: {preview.Line.Length} bytes; {preview.BytesLeft} bytes left for the command "),
                preview.BytesLeft < 0 ? "state.fail" : "text.dim");
    }

    /// <summary>Draws the meaning, what is doubtful about it, and the next runs.</summary>
    public void DrawMeaning(Canvas canvas) => _meaning.Draw(canvas);

    /// <summary>Draws the line.</summary>
    public void DrawLine(Canvas canvas)
    {
        canvas.Fill(canvas.Area.Top(1), canvas["border"], canvas.Glyphs.Horizontal);
        canvas.DrawFit(1, 0, _heading, canvas.Width - 2, canvas[_headingScope]);
        _line.Draw(canvas.Sub(canvas.Area.WithoutTop(1)));
    }
}
