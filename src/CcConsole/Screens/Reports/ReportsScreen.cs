using System.Globalization;
using CcConsole.Core.Reports;
using CcConsole.Fleet.Reports;
using CcConsole.Store.Reports;
using CcConsole.Tui.Input;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>
/// The runs of a host as they are reported: what the cache has at once, then live. The newest is at the bottom and stays selected
/// while following.
/// </summary>
internal sealed class ReportsScreen : ListScreen<ReportLine>
{
    private const int FromCache = 200;
    private const int MostRows = 5_000;

    private static readonly IReadOnlyList<TableColumn<ReportLine>> AllColumns =
    [
        new("State", line => line.State) { Width = 9, Scope = line => line.Scope },
        new("Started", line => line.Time) { Width = 14, Priority = 1 },
        new("Job", line => line.Job) { Width = 18, Grow = 2, Scope = line => line.ReportId is null ? line.Scope : null },
        new("Exit", line => line.Exit) { Width = 8, AlignRight = true, Priority = 1 },
        new("Took", line => line.Took) { Width = 6, AlignRight = true, Priority = 2 },
        new("Output", line => line.Output) { Width = 14, Grow = 3, Priority = 3 },
    ];

    private readonly string _host;
    private readonly List<ReportLine> _lines = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private bool _failuresOnly;
    private bool _following;
    private bool _loading = true;
    private (long Id, ExecutionReport? Report) _shown;

    /// <param name="shell">Everything around it.</param>
    /// <param name="host">The host.</param>
    public ReportsScreen(Shell shell, string host)
        : base(shell, "Reports", AllColumns, line => line.Key)
    {
        _host = host;
        Table.Sort = null;
        SetRows([]);
    }

    /// <summary>Whether the newest run stays selected.</summary>
    public bool Follow { get; private set; } = true;

    /// <inheritdoc/>
    public override string? Host => _host;

    /// <inheritdoc/>
    public override string? CopyText => Selected is { } line ? line.RunId ?? line.Job : null;

    /// <inheritdoc/>
    protected override bool DetailBelow => true;

    /// <inheritdoc/>
    protected override string TitlePrefix => $"{_host} {(Shell.Ascii ? '>' : '›')} ";

    /// <inheritdoc/>
    protected override string EmptyText =>
        _loading ? "loading" : _failuresOnly ? "no failures: m shows all runs" : "no runs reported yet: a managed job reports each of its runs";

    private TimeZoneInfo Zone => Shell.Application.Time.LocalTimeZone;

    /// <inheritdoc/>
    public override void Enter()
    {
        if (_following)
            return;
        _following = true;
        Shell.Operations.Watch(FollowAsync, Closing);
    }

    /// <inheritdoc/>
    public override void Refresh() =>
        Shell.Operations.Start($"{_host}: fetching reports", async stop =>
        {
            var count = await Shell.Fleet.Reports.FetchAsync(_host, stop);
            Shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"{_host}: {count} new reports"));
        });

    /// <summary>Follows the newest, or stays where it is.</summary>
    public void ToggleFollow()
    {
        Follow = !Follow;
        ShowLines();
        Shell.Toasts.Show(Follow ? "following the newest run" : "not following: f follows again");
    }

    /// <summary>Wraps long lines of output, or cuts them.</summary>
    public void ToggleWrap() => Detail.Pane.Wrap = !Detail.Pane.Wrap;

    /// <summary>Shows failures only, or all.</summary>
    public void ToggleFailures()
    {
        _failuresOnly = !_failuresOnly;
        ApplyFilter();
    }

    /// <inheritdoc/>
    public override bool Handle(InputEvent input)
    {
        var before = Table.SelectedIndex;
        var used = base.Handle(input);
        if (used && Table.SelectedIndex < before)
            Follow = false;
        return used;
    }

    /// <inheritdoc/>
    protected override bool Passes(ReportLine row) => !_failuresOnly || row.IsRemarkable;

    /// <inheritdoc/>
    protected override string FilterText(ReportLine row) => $"{row.State} {row.Time} {row.Job} {row.Exit} {row.Output}";

    /// <inheritdoc/>
    protected override int Compare(ReportLine a, ReportLine b, int column) => AllColumns[column].Title switch
    {
        "Started" => a.At.CompareTo(b.At),
        "Took" => Nullable.Compare(a.Duration, b.Duration),
        "Exit" => Nullable.Compare(a.ExitCode, b.ExitCode),
        _ => string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override void Describe(ReportLine row, DetailText detail)
    {
        if (row.ReportId is not { } id)
        {
            detail.Text(row.Job, row.Scope);
            detail.Text(row.Hint);
            return;
        }
        var report = Report(id);
        var outcome = report switch
        {
            { Refused: { } why } => OutcomeText.Refused(why),
            { Lost: true } => $"how it ended is not known  {row.Took}",
            _ => $"exit {row.Exit}  {row.Took}",
        };
        detail.Text($"{row.State}  {report.JobId}  {outcome}  as {report.ExecutingUser}", row.Scope);
        detail.Text($"{TimeText.Full(TimeZoneInfo.ConvertTime(report.StartTime, Zone))}  {report.Command}", "text.dim");
        detail.Text(report.Warning, "state.late");
        detail.Text(report.Stdout.TrimEnd('\n'));
        if (report.Stderr.Length > 0)
        {
            detail.Text("standard error", "title");
            detail.Text(report.Stderr.TrimEnd('\n'), "state.late");
        }
        if (report.Stdout.Length == 0 && report.Stderr.Length == 0)
            detail.Text("no output", "text.dim");
    }

    /// <summary>The report that is shown; the one shown last is kept.</summary>
    private ExecutionReport Report(long id)
    {
        if (_shown.Report is null || _shown.Id != id)
            _shown = (id, Shell.Fleet.Reports.Show(id).Report);
        return _shown.Report;
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        var (zone, ascii) = (Zone, Shell.Ascii);
        var known = await Task.Run(
            () => Shell.Fleet.Reports.List(new ReportFilter { Host = _host, Limit = FromCache })
                .Select(stored => ReportLine.Of(stored, ReportOperations.Parse(stored), zone, ascii)).Reverse().ToList(),
            stop);
        known.ForEach(Add);
        _loading = false;
        ShowLines();
        await foreach (var item in Shell.Fleet.Reports.TailAsync([_host], FromCache, follow: true, stop))
        {
            Add(item switch
            {
                TailReport report => ReportLine.Of(report.Stored, report.Report, Zone, Shell.Ascii),
                TailGap gap => ReportLine.Of(gap, Zone),
                TailProblem problem => ReportLine.Of(problem, Shell.Now, Zone, Shell.Ascii),
                _ => null,
            });
            ShowLines();
        }
    }

    private void Add(ReportLine? line)
    {
        if (line is null || !_known.Add(line.Key))
            return;
        _lines.Add(line);
        if (_lines.Count <= MostRows)
            return;
        _known.Remove(_lines[0].Key);
        _lines.RemoveAt(0);
    }

    private void ShowLines()
    {
        SetRows([.. _lines]);
        if (Follow)
            Table.SelectedIndex = Table.Rows.Count - 1;
        Shell.Application.Invalidate();
    }
}
