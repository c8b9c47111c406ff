using CcConsole.Commands;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Jobs;
using CcConsole.Fleet.Runs;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>
/// Everything that will run on a host, or on all hosts: every line of the tables, those too that do not parse; what other
/// schedulers start; and what could not be looked at.
/// </summary>
internal sealed class JobsScreen : ListScreen<JobLine>
{
    /// <summary>Columns up to this priority are worth more than a detail pane at the side.</summary>
    private const int WantedPriority = 6;

    private static readonly IReadOnlyList<TableColumn<JobLine>> AllColumns =
    [
        new("State", line => line.State) { Width = 9, Scope = line => line.StateScope },
        new("Name", line => line.Name) { Width = 14, Grow = 2 },
        new("Host", line => line.Host) { Width = 10, Grow = 1 },
        new("Schedule", line => line.Schedule) { Width = 12, Priority = 1, Scope = line => line.MeaningScope },
        new("Meaning", line => line.Meaning) { Width = 18, Grow = 2, Priority = 7, Scope = line => line.MeaningScope },
        new("Next", line => line.Next) { Width = 9, Priority = 2 },
        new("Last", line => line.Last) { Width = 10, Priority = 2 },
        new("Took", line => line.Duration) { Width = 6, AlignRight = true, Priority = 8 },
        new("Check", line => line.Check) { Width = 9, Priority = 4, Scope = line => line.CheckScope },
        new("Runs", line => line.Runs) { Width = 12, Priority = 5, Paint = JobLine.PaintRuns },
        new("User", line => line.User) { Width = 8, Priority = 6 },
        new("Table", line => line.Table) { Width = 12, Grow = 1, Priority = 3 },
    ];

    private readonly string? _host;
    private IReadOnlyList<(string Text, string Scope)> _banner = [];
    private string? _wanted;
    private bool _ownOnly;
    private bool _loading, _again;
    private int _listWidth;

    /// <param name="shell">Everything around it.</param>
    /// <param name="host">The host; null for all hosts.</param>
    /// <param name="job">The key of the row to select; null for the first.</param>
    public JobsScreen(Shell shell, string? host, string? job = null)
        : base(shell, "Jobs", AllColumns, line => line.Key)
    {
        (_host, _wanted) = (host, job);
        // A host without an agent cannot tell; asking it would only take a connection.
        Live = new LiveRuns(shell, () => [.. Shell.Snapshot.Hosts.Where(row => row.AgentVersion is not null && (_host is null || row.Name == _host)).Select(row => row.Name)], Update);
        Table.CanMark = true;
        Table.RowScope = line => line.RowScope;
        Table.Opened = _ => shell.Run(CommandRegistry.Find("job.edit")!);
        Update();
    }

    /// <inheritdoc/>
    public override string? Host => _host ?? Selected?.Host;

    /// <summary>Whether it shows the jobs of all hosts.</summary>
    public bool IsFleet => _host is null;

    /// <inheritdoc/>
    public override string? CopyText => Selected is { } line ? line.Row?.Job.Wrapped?.JobId ?? (line.Command.Length > 0 ? line.Command : line.Name) : null;

    /// <summary>The selected row; null for none.</summary>
    public JobLine? SelectedLine => Selected;

    /// <summary>What runs of it, and who is asked.</summary>
    public LiveRuns Live { get; }

    /// <summary>The oldest run of the selected job that goes on; null for none that is known.</summary>
    public FleetRun? SelectedRun => Selected?.Running;

    /// <summary>The selected job; null for none.</summary>
    public Job? SelectedJob => Selected?.Row?.Job;

    /// <summary>The marked rows; without marks the selected one.</summary>
    public IReadOnlyList<JobLine> Chosen => Table.Chosen;

    /// <summary>The marked jobs; without marks the selected one.</summary>
    public IReadOnlyList<JobRow> ChosenRows => [.. Table.Chosen.Select(line => line.Row).OfType<JobRow>()];

    /// <inheritdoc/>
    protected override string TitlePrefix => _host is { Length: > 0 } host ? $"{host} {(Shell.Ascii ? '>' : '›')} " : IsFleet ? "all hosts " : "";

    /// <inheritdoc/>
    protected override int ListWidth => _listWidth;

    /// <inheritdoc/>
    protected override string EmptyText => _loading ? "loading"
        : _host is null ? "no jobs are known on any host: r reads them"
        : Shell.Snapshot.Host(_host) switch
        {
            null => $"{_host} is not in the fleet any more",
            { Jobs: null, Cause: { } cause } => $"never read: {cause}",
            { Jobs: null } => "not read yet: r reads the table",
            _ when _ownOnly => "no jobs in this table: n makes one, o shows everything that runs on the host",
            _ => "no jobs in this table: n makes one",
        };

    /// <inheritdoc/>
    public override void Update()
    {
        var (now, ascii) = (Shell.Now, Shell.Ascii);
        var inventories = Inventories().ToList();
        _banner = JobBanner.Of(Shell, _host, inventories, _loading);
        List<JobLine> lines = [];
        foreach (var inventory in inventories)
        {
            // The table that one most often means comes first; a new job goes into the selected row's.
            lines.AddRange(inventory.Jobs.OrderBy(row => IsOwn(row) ? 0 : row.Table.IsSystem ? 2 : 1).Select(row => JobLine.Of(row, now, ascii).While(Live.Of(row.Host, row.Job.Wrapped?.JobId), now, ascii)));
            lines.AddRange(inventory.Tables.Where(table => table is { Ignored: not null, Entries: 0 }).Select(table => JobLine.Of(inventory.Host, table, ascii)));
            lines.AddRange(inventory.Fixed.Select(row => JobLine.Of(row, now, ascii)));
            lines.AddRange(inventory.Gaps.Select(gap => JobLine.Of(inventory.Host, gap, ascii)));
        }
        ShowColumns(lines);
        SetRows(lines);
        if (_wanted is { } key && Table.SelectKey(key))
            _wanted = null;
    }

    /// <inheritdoc/>
    public override void Enter()
    {
        if (_host is not null)
            Load();
        Live.Watch(Closing);
    }

    /// <inheritdoc/>
    public override void Refresh()
    {
        // What is being read may be from before: who asks anew is shown what is true now.
        _again = _loading;
        Load();
    }

    /// <summary>Selects a row as soon as it is there: a job that was just written.</summary>
    public void SelectSoon(string key)
    {
        _wanted = key;
        Update();
    }

    /// <summary>Shows the login user's own table alone, or everything again.</summary>
    public void ToggleOwn()
    {
        _ownOnly = !_ownOnly;
        ApplyFilter();
        Shell.Toasts.Show(_ownOnly ? "only the login user's own table; o shows everything that runs on the host" : "everything that runs on the host");
    }

    /// <inheritdoc/>
    protected override bool Passes(JobLine row) => !_ownOnly || row.Row is { } job && IsOwn(job);

    /// <inheritdoc/>
    protected override int BannerRows(int width) => _banner.Count;

    /// <inheritdoc/>
    protected override void DrawBanner(Canvas canvas)
    {
        for (var y = 0; y < _banner.Count; y++)
            canvas.DrawFit(0, y, _banner[y].Text, canvas.Width, canvas[_banner[y].Scope]);
    }

    /// <inheritdoc/>
    protected override string FilterText(JobLine row) =>
        $"{row.State} {row.Host} {row.Name} {row.Schedule} {row.Meaning} {row.Command} {row.Row?.Job.Id} {row.Table} {row.User} {row.Check} {string.Join(' ', row.Row?.Job.Tags ?? [])}";

    /// <inheritdoc/>
    protected override int Compare(JobLine a, JobLine b, int column) => AllColumns[column].Title switch
    {
        "State" => Urgency.Of(a.Status).CompareTo(Urgency.Of(b.Status)),
        "Next" => Nullable.Compare(a.NextRun, b.NextRun),
        "Last" => Nullable.Compare(b.LastRun, a.LastRun),
        "Took" => Nullable.Compare(a.Row?.LastRun?.Duration, b.Row?.LastRun?.Duration),
        "Table" => (a.Table, a.Row?.Job.LineNumber ?? 0).CompareTo((b.Table, b.Row?.Job.LineNumber ?? 0)),
        _ => string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override string OneLine(JobLine row) =>
        row.MeaningScope is not null ? row.Meaning
        : row.Row?.Findings.FirstOrDefault(finding => finding.Severity > LintSeverity.Note) is { } finding ? $"{row.Check}: {finding.Message} — {finding.Hint}"
        : $"{row.Meaning}{(row.Row?.Cause is { } cause ? $" · {cause}" : "")} — {row.Command}";

    /// <inheritdoc/>
    protected override void Describe(JobLine row, DetailText detail) => JobDetail.Describe(row, detail, Shell.Ascii);

    private IEnumerable<HostInventory> Inventories() => _host is not null ? [Inventory(_host)] : Shell.Snapshot.Hosts.Select(host => Inventory(host.Name));

    private HostInventory Inventory(string host) => Shell.Snapshot.InventoryOf(host);

    // A host that was never looked through is known by the login user's own table alone.
    private bool IsOwn(JobRow row) => Shell.Snapshot.InventoryOf(row.Host).Login is { Length: > 0 } login ? row.Table.Name == login : !row.Table.IsSystem;

    // A column that says the same in each row costs others their room.
    private void ShowColumns(List<JobLine> lines)
    {
        var (tables, users) = (lines.DistinctBy(line => line.Table).Count() > 1, lines.DistinctBy(line => line.User).Count() > 1);
        Table.Columns = [.. AllColumns.Select(column => column.Title switch
        {
            "Host" => column with { Hidden = !IsFleet },
            "Check" => column with { Hidden = lines.All(line => line.Check.Length == 0) },
            "Table" => column with { Hidden = !tables },
            "User" => column with { Hidden = !users },
            _ => column,
        })];
        _listWidth = 1 + Table.Columns.Where(column => column is { Hidden: false, Priority: <= WantedPriority }).Sum(column => column.Width + 2);
    }

    private void Load()
    {
        if (_loading)
            return;
        _loading = true;
        Update();
        Shell.Operations.Start(_host is null ? "asking all hosts" : $"{_host}: reading the tables", async stop =>
        {
            try
            {
                do
                {
                    _again = false;
                    await Shell.Fleet.Monitor.RefreshAsync(_host).WaitAsync(stop);
                }
                while (_again);
            }
            finally
            {
                _loading = _again = false;
                Update();
            }
        });
    }
}
