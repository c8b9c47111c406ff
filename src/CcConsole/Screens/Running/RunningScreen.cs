using CcConsole.Fleet.Runs;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The runs that go on now on all hosts, oldest first, whoever started them.</summary>
internal sealed class RunningScreen : ListScreen<RunningLine>
{
    private static readonly IReadOnlyList<TableColumn<RunningLine>> AllColumns =
    [
        new("State", line => line.State) { Width = 9, Scope = line => line.Scope },
        new("Host", line => line.Host) { Width = 12, Grow = 1 },
        new("Job", line => line.Job) { Width = 16, Grow = 2, Scope = line => line.Run is null ? line.Scope : null },
        new("For", line => line.For) { Width = 7, AlignRight = true },
        new("User", line => line.User) { Width = 8, Priority = 2 },
        new("Command", line => line.Command) { Width = 14, Grow = 3, Priority = 1 },
    ];

    /// <param name="shell">Everything around it.</param>
    public RunningScreen(Shell shell)
        : base(shell, "Running", AllColumns, line => line.Key)
    {
        Live = new LiveRuns(shell, () => [.. shell.Snapshot.Hosts.Select(host => host.Name)], Update);
        Update();
    }

    /// <inheritdoc/>
    public override string? Host => Selected?.Host;

    /// <summary>What runs, and who is asked.</summary>
    public LiveRuns Live { get; }

    /// <summary>The selected run; null for none.</summary>
    public FleetRun? SelectedRun => Selected?.Run;

    /// <inheritdoc/>
    public override string? CopyText => Selected is { } line ? line.Run?.RunId ?? line.Host : null;

    /// <inheritdoc/>
    protected override string EmptyText => Live is not { IsKnown: true } ? "loading" : "nothing is running that an agent's wrapper has started";

    /// <inheritdoc/>
    public override void Update()
    {
        var (now, ascii) = (Shell.Now, Shell.Ascii);
        SetRows([.. Live.Told.SelectMany(host => RunningLine.Of(host, now, ascii)).OrderBy(line => line.Run is null).ThenBy(line => line.Run?.StartedAt)]);
    }

    /// <inheritdoc/>
    public override void Tick() => Update();

    /// <inheritdoc/>
    public override void Enter() => Live.Watch(Closing);

    /// <inheritdoc/>
    public override void Refresh() => Shell.Operations.Start("asking what is running", Live.AskAsync);

    /// <inheritdoc/>
    protected override string FilterText(RunningLine row) => $"{row.State} {row.Host} {row.Job} {row.User} {row.Command}";

    /// <inheritdoc/>
    protected override int Compare(RunningLine a, RunningLine b, int column) => AllColumns[column].Title switch
    {
        "For" => Nullable.Compare(b.Run?.StartedAt, a.Run?.StartedAt),
        _ => string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override string OneLine(RunningLine row) => row.Run is null ? $"{row.Job} — {row.Hint}" : row.Command;

    /// <inheritdoc/>
    protected override void Describe(RunningLine row, DetailText detail)
    {
        detail.Title(row.Run?.JobId ?? row.Host);
        if (row.Run is not { } run)
        {
            detail.Text(row.Job, row.Scope);
            detail.Text(row.Hint);
            return;
        }
        detail.Fact("state", row.State, row.Scope);
        detail.Fact("host", run.Host);
        detail.Fact("since", TimeText.Full(TimeZoneInfo.ConvertTime(run.StartedAt, Shell.Application.Time.LocalTimeZone)));
        detail.Fact("for", row.For);
        detail.Fact("user", run.User);
        detail.Fact("process", run.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        detail.Fact("attempt", run.Attempt?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        detail.Fact("run", run.RunId);
        detail.Space();
        detail.Text(run.Command);
    }
}
