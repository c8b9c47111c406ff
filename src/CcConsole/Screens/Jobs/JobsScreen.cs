using System.Globalization;
using CcConsole.Commands;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Jobs;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The jobs of a host: every line of its table that is one, those too that do not parse.</summary>
internal sealed class JobsScreen : ListScreen<JobLine>
{
    private static readonly IReadOnlyList<TableColumn<JobLine>> AllColumns =
    [
        new("State", line => line.State) { Width = 9, Scope = line => line.StateScope },
        new("Name", line => line.Name) { Width = 14, Grow = 2 },
        new("Schedule", line => line.Schedule) { Width = 12, Priority = 1, Scope = line => line.Row.Job.Problem is null ? null : "state.fail" },
        new("Meaning", line => line.Meaning) { Width = 18, Grow = 2, Priority = 5, Scope = line => line.Row.Job.Problem is null ? null : "state.fail" },
        new("Next", line => line.Next) { Width = 9, Priority = 2 },
        new("Last", line => line.Last) { Width = 10, Priority = 1 },
        new("Took", line => line.Duration) { Width = 6, AlignRight = true, Priority = 6 },
        new("Runs", line => line.Runs) { Width = 12, Priority = 3, Paint = JobLine.PaintRuns },
        new("Source", line => line.Source) { Width = 12, Priority = 7 },
    ];

    private readonly string _host;
    private string _banner = "";
    private string _bannerScope = "text.dim";
    private bool _loading;

    /// <param name="shell">Everything around it.</param>
    /// <param name="host">The host.</param>
    /// <param name="job">The job to select; null for the first.</param>
    public JobsScreen(Shell shell, string host, string? job = null)
        : base(shell, "Jobs", AllColumns, line => line.Key)
    {
        _host = host;
        Table.RowScope = line => line.RowScope;
        Table.Opened = _ => shell.Run(CommandRegistry.Find("job.edit")!);
        Update();
        for (var i = 0; job is not null && i < Table.Rows.Count; i++)
        {
            if (Table.Rows[i].Row.Job.Id == job)
                Table.SelectedIndex = i;
        }
    }

    /// <inheritdoc/>
    public override string? Host => _host;

    /// <inheritdoc/>
    public override string? CopyText => Selected is { } line ? line.Row.Job.Wrapped?.JobId ?? line.Row.Job.Command : null;

    /// <summary>The selected job; null for none.</summary>
    public Job? SelectedJob => Selected?.Row.Job;

    /// <inheritdoc/>
    protected override string TitlePrefix => _host.Length > 0 ? $"{_host} {(Shell.Ascii ? '>' : '›')} " : "";

    /// <inheritdoc/>
    protected override string EmptyText => _loading ? "loading" : Shell.Snapshot.Host(_host) switch
    {
        null => $"{_host} is not in the fleet any more",
        { Jobs: null, Cause: { } cause } => $"never read: {cause}",
        { Jobs: null } => "not read yet: r reads the table",
        _ => "no jobs in this table: n makes one",
    };

    /// <inheritdoc/>
    public override void Update()
    {
        var now = Shell.Now;
        var rows = Shell.Snapshot.JobsOf(_host).ToList();
        SetBanner(rows);
        SetRows([.. rows.Select(row => JobLine.Of(row, now, Shell.Ascii))]);
    }

    /// <inheritdoc/>
    public override void Enter() => Load();

    /// <inheritdoc/>
    public override void Refresh() => Load();

    /// <summary>Reads the table and makes a plan with the selected job, shows it, and applies it when confirmed.</summary>
    public void Change(string what, Func<JobEditor, Job, CcConsole.Fleet.Changes.ChangePlan> plan)
    {
        if (Selected is not { } line)
            return;
        Shell.Operations.Start($"{_host}: reading the table", async stop =>
        {
            var (table, job) = await OpenAsync(line.Row, stop);
            await ChangeReview.RunAsync(Shell, plan(table, job), stop);
            Update();
        });
    }

    /// <summary>Opens the editor on the selected job.</summary>
    public void Edit()
    {
        if (Selected is not { } line)
            return;
        Shell.Operations.Start($"{_host}: reading the table", async stop =>
        {
            var (table, job) = await OpenAsync(line.Row, stop);
            Shell.Push(new EditorScreen(Shell, table, job));
        });
    }

    /// <summary>Opens the editor on a new job.</summary>
    public void New() => Shell.Operations.Start($"{_host}: reading the table", async stop =>
        Shell.Push(new EditorScreen(Shell, await Shell.Fleet.Jobs.OpenAsync(_host, cancellation: stop), null)));

    /// <summary>Runs the selected job now, after a question.</summary>
    public void RunNow()
    {
        if (Selected is not { } line)
            return;
        Shell.Operations.Start($"{_host}: reading the table", async stop =>
        {
            var (table, job) = await OpenAsync(line.Row, stop);
            if (await RunScreen.ConfirmAsync(Shell, table, job))
                Shell.Push(new RunScreen(Shell, table, job));
        });
    }

    /// <inheritdoc/>
    protected override int BannerRows(int width) => _banner.Length > 0 ? 1 : 0;

    /// <inheritdoc/>
    protected override void DrawBanner(Canvas canvas) => canvas.DrawFit(0, 0, _banner, canvas.Width, canvas[_bannerScope]);

    /// <inheritdoc/>
    protected override string FilterText(JobLine row) =>
        $"{row.State} {row.Name} {row.Schedule} {row.Meaning} {row.Row.Job.Command} {row.Row.Job.Id} {row.Source}";

    /// <inheritdoc/>
    protected override int Compare(JobLine a, JobLine b, int column) => AllColumns[column].Title switch
    {
        "State" => Urgency.Of(a.Row.Status).CompareTo(Urgency.Of(b.Row.Status)),
        "Next" => Nullable.Compare(a.Row.NextRun, b.Row.NextRun),
        "Last" => Nullable.Compare(b.Row.LastRun?.StartedAt, a.Row.LastRun?.StartedAt),
        "Took" => Nullable.Compare(a.Row.LastRun?.Duration, b.Row.LastRun?.Duration),
        "Source" => (a.Row.Table.Name, a.Row.Job.LineNumber).CompareTo((b.Row.Table.Name, b.Row.Job.LineNumber)),
        _ => string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override string OneLine(JobLine row) => row.Row.Job.Problem ?? $"{row.Meaning}{(row.Row.Cause is { } cause ? $" · {cause}" : "")} — {row.Row.Job.Command}";

    /// <inheritdoc/>
    protected override void Describe(JobLine row, DetailText detail)
    {
        var job = row.Row.Job;
        detail.Title(row.Name);
        detail.Fact("state", row.State, row.StateScope);
        detail.Text(row.Row.Cause, row.StateScope);
        detail.Text(job.Problem, "state.fail");
        detail.Fact("schedule", job.ScheduleText);
        detail.Text(row.Row.Meaning);
        detail.Fact("next run", row.Row.NextRun is { } next ? TimeText.Full(next) : null);
        if (row.Row.LastRun is { } last)
        {
            detail.Fact("last run", TimeText.Full(last.StartedAt));
            detail.Fact("exit code", last.ExitCode.ToString(CultureInfo.InvariantCulture), StatusLook.OfExit(last.ExitCode).Scope);
            detail.Fact("took", row.Duration);
        }
        detail.Space();
        detail.Text("command", "text.dim");
        detail.Text(job.Command);
        detail.Space();
        detail.Fact("id", job.Id);
        detail.Fact("runs", job.IsManaged ? "reported by the agent's wrapper" : "not reported: a plain line");
        detail.Fact("table", string.Create(CultureInfo.InvariantCulture, $"{row.Row.Table}, line {job.LineNumber}"));
        detail.Fact("read", TimeText.Full(row.Row.AsOf));
    }

    private void Load()
    {
        if (_loading)
            return;
        _loading = true;
        Update();
        Shell.Operations.Start($"{_host}: reading the table", async stop =>
        {
            try
            {
                await Shell.Fleet.Monitor.RefreshAsync(_host).WaitAsync(stop);
            }
            finally
            {
                _loading = false;
                Update();
            }
        });
    }

    /// <summary>The table as it is now, and the same job in it.</summary>
    private async Task<(JobEditor Table, Job Job)> OpenAsync(JobRow row, CancellationToken stop)
    {
        var table = await Shell.Fleet.Jobs.OpenAsync(_host, row.Table, stop);
        var job = table.Jobs.Jobs.FirstOrDefault(job => job.Id == row.Job.Id);
        return job is not null
            ? (table, job)
            : throw new ProblemException($"{_host}: the job {row.Job.Id} is not in the table any more", "r reads the table anew.");
    }

    private void SetBanner(List<JobRow> rows)
    {
        var host = Shell.Snapshot.Host(_host);
        (_banner, _bannerScope) = host switch
        {
            { Cause: { } cause, IsCauseOfJobs: false } => ($"{StatusLook.Of(host.Status).Mark(Shell.Ascii)} {cause}{(host.Hint is { } hint ? $" — {hint}" : "")}", StatusLook.Of(host.Status).Scope),
            _ when rows.Any(row => row.IsStale) => ($"~ as of {TimeText.Near(rows.Min(row => row.AsOf), Shell.Now)}{(_loading ? ", loading" : "")}", "text.dim"),
            _ => ("", "text.dim"),
        };
    }
}
