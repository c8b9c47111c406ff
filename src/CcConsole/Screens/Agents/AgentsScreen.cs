using System.Globalization;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Hosts;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The agents of the hosts: each is asked when the screen opens, after each interval of the monitor, and with <c>r</c>.</summary>
internal sealed class AgentsScreen : ListScreen<AgentLine>
{
    private const int AtOnce = 8;

    private static readonly Version ConsoleVersion = typeof(AgentsScreen).Assembly.GetName().Version is { } version ? new Version(version.Major, version.Minor, version.Build) : new Version();

    private static readonly IReadOnlyList<TableColumn<AgentLine>> AllColumns =
    [
        new("State", line => line.State) { Width = 10, Scope = line => line.Scope },
        new("Host", line => line.Host) { Width = 12, Grow = 1 },
        new("Mode", line => line.Mode) { Width = 6, Priority = 4 },
        new("Version", line => line.Version) { Width = 8, Priority = 2 },
        new("Up", line => line.Since) { Width = 4, AlignRight = true, Priority = 3 },
        new("Chain", line => line.Entries) { Width = 7, AlignRight = true, Priority = 5 },
        new("Head", line => line.Head) { Width = 8, Priority = 6 },
        new("Spool", line => line.Spool) { Width = 5, AlignRight = true, Priority = 2, Scope = line => line.Agent?.Spooled > 0 ? "state.late" : null },
        new("Note", line => line.Note) { Width = 12, Grow = 3, Priority = 1, Scope = line => line.Scope },
    ];

    private readonly Dictionary<string, HostTest> _told = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asking = new(StringComparer.Ordinal), _again = new(StringComparer.Ordinal);
    private long _askedAt;

    /// <param name="shell">Everything around it.</param>
    public AgentsScreen(Shell shell)
        : base(shell, "Agents", AllColumns, line => line.Host)
    {
        Table.Opened = _ => shell.Run(Commands.CommandRegistry.Find("agent.chain")!);
        Update();
    }

    /// <inheritdoc/>
    public override string? Host => Selected?.Host;

    /// <inheritdoc/>
    public override string? CopyText => Selected is { } line ? line.Agent is { Head.Length: > 0 } agent ? agent.Head : line.Host : null;

    /// <inheritdoc/>
    protected override int ListWidth => 110;

    /// <inheritdoc/>
    protected override string EmptyText => "No hosts yet: 1 leads to the fleet, where a adds one";

    /// <inheritdoc/>
    public override void Update()
    {
        var now = Shell.Now;
        SetRows([.. Shell.Snapshot.Hosts.Select(host => AgentLine.Of(host.Name, _told.GetValueOrDefault(host.Name), ConsoleVersion, now, Shell.Ascii,
            host.Audit?.Conflict is { } conflict ? Resolution.Finding(conflict) : null))]);
    }

    /// <inheritdoc/>
    public override void Enter() => Refresh();

    /// <inheritdoc/>
    public override void Tick()
    {
        if (Shell.Application.Time.GetElapsedTime(_askedAt) >= Shell.Fleet.Monitor.Interval)
            Shell.Operations.Watch(stop => AskAllAsync(false, stop), Closing);
    }

    /// <inheritdoc/>
    public override void Refresh() => Shell.Operations.Start("asking the agents", async stop =>
    {
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, Closing);
            await AskAllAsync(true, both.Token);
        }
        catch (OperationCanceledException) when (Closing.IsCancellationRequested)
        {
            // The screen was left: nobody waits for the answers.
        }
    });

    /// <inheritdoc/>
    protected override string FilterText(AgentLine row) => $"{row.State} {row.Host} {row.Mode} {row.Version} {row.Note}";

    /// <inheritdoc/>
    protected override int Compare(AgentLine a, AgentLine b, int column) => AllColumns[column].Title switch
    {
        "State" => a.Rank.CompareTo(b.Rank),
        "Version" => Comparer<Version?>.Default.Compare(AgentLine.Parse(a.Version), AgentLine.Parse(b.Version)),
        "Up" => Nullable.Compare(b.Agent?.Daemon?.Started, a.Agent?.Daemon?.Started),
        "Chain" => Nullable.Compare(a.Agent?.Entries, b.Agent?.Entries),
        "Spool" => Nullable.Compare(a.Agent?.Spooled, b.Agent?.Spooled),
        _ => string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override string OneLine(AgentLine row) => row.Hint.Length > 0 ? $"{row.Note} — {row.Hint}" : row.Note;

    /// <inheritdoc/>
    protected override void Describe(AgentLine row, DetailText detail)
    {
        detail.Title(row.Host);
        detail.Fact("agent", row.State, row.Scope);
        if (row.Agent?.Alarms is { Count: > 0 } alarms)
        {
            detail.Text(row.Conflict, row.Scope);
            foreach (var alarm in alarms)
                detail.Text($"! {alarm}", "state.late");
        }
        else
        {
            detail.Text(row.Note, row.Scope);
        }
        detail.Text(row.Hint);
        if (row.Agent is not { } agent)
            return;
        detail.Space();
        detail.Fact("mode", agent.Mode == "system" ? "system: for all users of the host" : agent.Mode == "user" ? "user: for this login alone" : agent.Mode);
        detail.Fact("version", agent.Version);
        detail.Fact("daemon", agent.Daemon is { } daemon
            ? string.Create(CultureInfo.InvariantCulture, $"process {daemon.Pid}, version {daemon.Version}, {daemon.ResidentBytes / 1024 / 1024} MiB") : null);
        detail.Fact("up since", agent.Daemon is { } up ? TimeText.Full(TimeZoneInfo.ConvertTime(up.Started, Shell.Application.Time.LocalTimeZone)) : null);
        detail.Fact("folder", agent.Dir);
        detail.Fact("socket", agent.Socket);
        detail.Space();
        detail.Fact("reports", string.Create(CultureInfo.InvariantCulture, $"{agent.Reports} recorded"));
        detail.Fact("spool", agent.Spooled < 0 ? "this user may not look" : agent.Spooled == 0 ? "nothing waits" : string.Create(CultureInfo.InvariantCulture, $"{agent.Spooled} waiting"),
            agent.Spooled > 0 ? "state.late" : "text");
        detail.Fact("chain", agent.Entries == 0 ? "none yet" : string.Create(CultureInfo.InvariantCulture, $"{agent.Chain}, {agent.Entries} {(agent.Entries == 1 ? "entry" : "entries")}"));
        detail.Fact("head", agent.Head);
        detail.Fact("append-only", agent.AppendOnly);
    }

    /// <param name="anew">Whether an answer that is waited for already is not enough: what it tells may be from before.</param>
    /// <param name="stop">Gives up.</param>
    private async Task AskAllAsync(bool anew, CancellationToken stop)
    {
        _askedAt = Shell.Application.Time.GetTimestamp();
        using var turns = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(Shell.Snapshot.Hosts.Select(host => AskAsync(host.Host, anew, turns, stop)));
    }

    private async Task AskAsync(HostEntry host, bool anew, SemaphoreSlim turns, CancellationToken stop)
    {
        if (!_asking.Add(host.Name))
        {
            if (anew)
                _again.Add(host.Name);
            return;
        }
        try
        {
            await turns.WaitAsync(stop);
            try
            {
                do
                {
                    _told[host.Name] = await Shell.Fleet.Hosts.AgentAsync(host, stop);
                    Update();
                    Shell.Application.Invalidate();
                }
                while (_again.Remove(host.Name));
            }
            finally
            {
                turns.Release();
            }
        }
        catch (ObjectDisposedException)
        {
            // The host was removed from the list meanwhile.
            _told.Remove(host.Name);
        }
        finally
        {
            _asking.Remove(host.Name);
            _again.Remove(host.Name);
        }
    }
}
