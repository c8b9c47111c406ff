using System.Globalization;
using CcConsole.Commands;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The hosts: how each is, in one row.</summary>
internal sealed class FleetScreen : ListScreen<FleetLine>
{
    private static readonly IReadOnlyList<TableColumn<FleetLine>> AllColumns =
    [
        new("State", line => line.State) { Width = 9, Scope = line => line.StateScope },
        new("Host", line => line.Host.Name) { Width = 14, Grow = 1 },
        new("Tags", line => line.Tags) { Width = 10, Priority = 6 },
        new("Jobs", line => line.Jobs) { Width = 4, AlignRight = true, Priority = 2 },
        new("Fail", line => line.Failures) { Width = 4, AlignRight = true, Priority = 1, Scope = line => line.Host.Failures > 0 ? "state.fail" : "text.dim" },
        new("Late", line => line.Late) { Width = 4, AlignRight = true, Priority = 1, Scope = line => line.Host.Late > 0 ? "state.late" : "text.dim" },
        new("Next", line => line.Next) { Width = 9, Priority = 4 },
        new("Contact", line => line.Contact) { Width = 13, Priority = 5 },
        new("Audit", line => line.Audit.Text) { Width = 14, Priority = 1, Scope = line => line.Audit.Scope },
        new("Note", line => line.Note) { Width = 12, Grow = 2, Priority = 3, Scope = line => line.NoteScope },
    ];

    private bool _welcomed;

    /// <param name="shell">Everything around it.</param>
    public FleetScreen(Shell shell)
        : base(shell, "Fleet", AllColumns, line => line.Host.Name)
    {
        Table.RowScope = line => line.RowScope;
        Table.Opened = _ => shell.Run(CommandRegistry.Find("host.open")!);
        Update();
    }

    /// <inheritdoc/>
    public override string? Host => Selected?.Host.Name;

    private string? Problem => Shell.Snapshot.HostsProblem ?? Shell.Snapshot.CacheProblem;

    /// <inheritdoc/>
    public override string? CopyText => Selected?.Host.Name;

    /// <inheritdoc/>
    protected override string EmptyText =>
        Problem is not null ? "" : "No hosts yet: a adds one, i picks from ssh_config; cc-console demo shows a throwaway fleet";

    /// <inheritdoc/>
    public override void Update()
    {
        var now = Shell.Now;
        SetRows([.. Shell.Snapshot.Hosts.Select(host => FleetLine.Of(host, now, Shell.Ascii))]);
    }

    /// <inheritdoc/>
    protected override int BannerRows(int width) => Problem is null ? 0 : 1;

    /// <inheritdoc/>
    protected override void DrawBanner(Canvas canvas) => canvas.DrawFit(0, 0, Problem, canvas.Width, canvas["state.fail"]);

    /// <inheritdoc/>
    public override void Enter()
    {
        // The first run: the checklist comes by itself; nothing is written before it is confirmed.
        if (!_welcomed && Shell.Snapshot is { Hosts.Count: 0, HostsProblem: null, IsReadOnly: false })
            Shell.Push(new CandidatesScreen(Shell));
        _welcomed = true;
    }

    /// <inheritdoc/>
    public override void Refresh() => Shell.Operations.Start("asking all hosts", stop => Shell.Fleet.Monitor.RefreshAsync().WaitAsync(stop));

    /// <inheritdoc/>
    protected override string FilterText(FleetLine row) => $"{row.State} {row.Host.Name} {row.Tags} {row.Audit.Text} {row.Note}";

    /// <inheritdoc/>
    protected override int Compare(FleetLine a, FleetLine b, int column) => AllColumns[column].Title switch
    {
        "State" => Urgency.Of(a.Host.Status).CompareTo(Urgency.Of(b.Host.Status)),
        "Jobs" => Nullable.Compare(a.Host.Jobs, b.Host.Jobs),
        "Fail" => a.Host.Failures.CompareTo(b.Host.Failures),
        "Late" => a.Host.Late.CompareTo(b.Host.Late),
        "Next" => Nullable.Compare(a.Host.NextRun, b.Host.NextRun),
        "Contact" => Nullable.Compare(b.Host.LastContact, a.Host.LastContact),
        _ => string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override string OneLine(FleetLine row) => row.Host switch
    {
        { Cause: { } cause, Hint: { } hint } => $"{cause} — {hint}",
        { NextRun: not null } => $"next run {row.Next} {row.Host.Zone}, contact {row.Contact}",
        _ => row.Note,
    };

    /// <inheritdoc/>
    protected override void Describe(FleetLine row, DetailText detail)
    {
        var host = row.Host;
        detail.Title(host.Name);
        detail.Fact("state", row.State, row.StateScope);
        detail.Text(host.Cause, row.StateScope);
        detail.Text(host.Hint);
        detail.Fact("destination", host.Host.IsLocal ? "this machine" : host.Host.Destination);
        detail.Fact("tags", row.Tags);
        detail.Space();
        detail.Fact("jobs", row.Jobs);
        detail.Fact("failed", string.Create(CultureInfo.InvariantCulture, $"{host.Failures} in 24 hours"));
        detail.Fact("late", row.Late);
        detail.Fact("next run", host.NextRun is { } next ? TimeText.Full(next) : null);
        detail.Fact("contact", row.Contact);
        detail.Fact("round trip", host.RoundTrip is { } trip ? TimeText.Duration(trip) : null);
        detail.Fact("cron", host.Daemon, host.IsCronStopped ? "state.late" : "text");
        detail.Fact("drift", host.Drift > 0 ? string.Create(CultureInfo.InvariantCulture, $"{host.Drift} {(host.Drift == 1 ? "table" : "tables")}: d in its jobs shows it") : null, "state.late");
        detail.Fact("dialect", host.Dialect);
        detail.Fact("zone", host.Zone);
        detail.Fact("agent", host.AgentVersion ?? (host.LastContact is null ? "? not asked yet" : "none: runs are not reported"));
        detail.Space();
        detail.Fact("audit", row.Audit.Text, row.Audit.Scope);
        detail.Text(host.Audit?.Words, "text.dim");
        detail.Fact("head", host.Head?.Hash);
        detail.Fact("pulled", host.Head is { HasEnded: true } head ? TimeText.Full(head.PulledAt) : null);
    }
}
