using System.Globalization;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>
/// The verified copy of a host's audit chain, or of all hosts': the verdict, the entries newest first, and all of one. Works from the
/// cache alone. One host's entries are all there, read as they come into view; of all hosts, and behind a filter, the newest that match.
/// </summary>
internal sealed class AuditScreen : ListScreen<AuditLine>
{
    private readonly string? _host, _from;
    private readonly AuditCopies _copies;
    private readonly AuditResults _results;
    private readonly AuditStatements _statements;
    private readonly AuditCounterpart _counterpart;
    private long? _wanted;
    private string _leftOut = "";
    private AuditRows? _rows;

    /// <param name="shell">Everything around it.</param>
    /// <param name="host">The host; null for all hosts.</param>
    /// <param name="seq">The entry to select; null for the newest.</param>
    /// <param name="from">The host that one comes from: the other panes are of it while the entries are of no host.</param>
    public AuditScreen(Shell shell, string? host, long? seq = null, string? from = null)
        : base(shell, "Audit", [], line => line.Key)
    {
        (_host, _wanted, _from) = (host, seq, from);
        _copies = new AuditCopies(shell, host, ShowCopies, UpdateDetail, Closing);
        _results = new AuditResults(shell, ShowRows, Closing);
        _statements = new AuditStatements(shell, UpdateDetail);
        _counterpart = new AuditCounterpart(shell.Fleet.Cache.Conflicts);
        Table.Columns = Columns();
        Table.CanMark = true;
        Table.Sort = null;
        Table.Opened = line =>
        {
            if (_host is null)
                shell.Push(new AuditScreen(shell, line.Key.Host, line.Key.Seq));
        };
    }

    /// <inheritdoc/>
    public override string? Host => Chain is { } chain && chain != OwnChain.Name ? chain : _from ?? (Shell.Snapshot.Hosts is [var first, ..] ? first.Name : null);

    /// <summary>Whose chain is shown or selected: a host's, or the console's own.</summary>
    public string? Chain => _host ?? Selected?.Key.Host;

    /// <summary>Whether it shows what this console did.</summary>
    public bool IsOwn => _host == OwnChain.Name;

    /// <inheritdoc/>
    public override string? CopyText => Selected?.Row.Hash;

    /// <summary>Whether it shows the entries of all hosts.</summary>
    public bool IsFleet => _host is null;

    /// <summary>Where the chain breaks; null when it does not, or was not verified.</summary>
    public long? FirstBreak => _copies.Banner.FirstBad;

    /// <summary>Whether a contradiction waits for a person.</summary>
    public bool HasConflict => _host is not null && (IsOwn ? _copies.Found(_host)?.Conflict is not null : Shell.Snapshot.Host(_host)?.HasConflict == true);

    /// <summary>Whether there is a copy.</summary>
    public bool HasCopy => _copies.Heads.Count > 0;

    /// <summary>Whether a copy is being verified.</summary>
    public bool IsVerifying => _copies.IsVerifying;

    /// <inheritdoc/>
    protected override bool DetailBelow => true;

    /// <inheritdoc/>
    protected override string TitlePrefix => _host is null ? "all hosts " : $"{_host} {(Shell.Ascii ? '>' : '›')} ";

    /// <inheritdoc/>
    protected override string EmptyText => _copies.IsReading || _results.IsSearching ? "loading" : _results.Problem?.Message ?? (NotSearched is { Length: > 0 } archived ? $"no entries; {archived}" : "no entries");

    /// <inheritdoc/>
    protected override string EmptyByFilter => _results switch
    {
        { Problem: { } problem } => $"{problem.Message}. {problem.Hint}",
        { IsSearching: true } => "searching",
        _ => $"nothing matches \"{Filter}\"{(NotSearched is { Length: > 0 } archived ? $"; {archived}" : "")}  Esc clears",
    };

    /// <inheritdoc/>
    protected override string TitleNote => _host is null ? "" : NotSearched;

    private string NotSearched => _host is not null && Filter.Trim().Length == 0 ? "" : _results.NotSearched(_copies.Heads, named: _host is null);

    private TimeZoneInfo Zone => Shell.Application.Time.LocalTimeZone;

    /// <inheritdoc/>
    public override void Enter()
    {
        if (!HasCopy)
            _copies.Verify(asked: false);
    }

    /// <inheritdoc/>
    public override void Update() => _copies.Update();

    /// <inheritdoc/>
    public override void Refresh() => Pull();

    /// <summary>Verifies every entry again.</summary>
    public void Verify() => _copies.Verify(asked: true);

    /// <summary>Takes the host's new entries; those of all hosts where all are shown.</summary>
    /// <param name="deep">Whether every entry that the host has is held against the copy first.</param>
    public void Pull(bool deep = false) => Shell.Operations.Start($"{_copies.Name}: {(deep ? "comparing every entry" : "pulling the chain")}", async stop =>
    {
        if (_host is not null && !IsOwn)
            await AuditPulls.RunAsync(Shell, _host, deep, stop);
        else if (!IsOwn)
            await AuditPulls.RunAsync(Shell, deep, stop);
        _copies.Verify(asked: false);
    });

    /// <summary>In the demo: changes the host's own log, as an intruder would.</summary>
    public void Tamper() => Shell.Operations.Start($"{_copies.Name}: tampering", _ =>
    {
        if (Shell.Settings.Tamper is { } tamper && Chain is { } host && host != OwnChain.Name)
            Shell.Toasts.Show($"{host}: {tamper(host)}", "D holds the host's log against the copy.");
        return Task.CompletedTask;
    });

    /// <summary>Goes to the entry at which the chain breaks.</summary>
    public void GoToBreak()
    {
        if (FirstBreak is { } seq)
            GoTo(seq, "the copy ends before it: the host's version is beside it in the conflict's folder");
    }

    /// <summary>Shows the entries of all hosts, or those of the selected entry's host again.</summary>
    public void SwitchScope() => Shell.Jump(() => new AuditScreen(Shell, _host is null ? Chain : null, from: Host));

    /// <summary>Shows what this console did.</summary>
    public void ShowOwn() => Shell.Jump(() => new AuditScreen(Shell, OwnChain.Name, from: Host));

    /// <summary>Exports what is marked, or what the filter means, or all.</summary>
    public void Export() => AuditEvidence.Start(Shell, _host!, Table.Marked.OfType<AuditKey>().Select(key => key.Seq).ToHashSet(), Filter.Trim().Length == 0 ? null : Query(Filter));

    /// <summary>Proves the selected entry: its line, its link, its way to a signed checkpoint.</summary>
    public void Prove()
    {
        if (Selected is { Missing: null } line)
            _statements.Start(line);
    }

    /// <summary>Whether there is a finding to be explained: of the host, or of the selected entry's.</summary>
    public bool IsExplained => Chain is { } chain && _copies.Found(chain) is not null;

    /// <summary>Says what the verification means.</summary>
    public void Explain()
    {
        if (Chain is { } chain && _copies.Found(chain) is { } found)
            Shell.Show(new Question($"{chain}: what is proven", AuditExplanation.Of(found), "Back"));
    }

    /// <summary>Resolves the contradictions that are open, after a person has looked at each.</summary>
    public void Resolve() => AuditResolution.Start(Shell, _host!, () => Pull());

    /// <inheritdoc/>
    protected override int BannerRows(int width) => 2;

    /// <inheritdoc/>
    protected override void DrawBanner(Canvas canvas)
    {
        var banner = _copies.Banner;
        var used = canvas.DrawFit(0, 0, banner.Text, canvas.Width, canvas[banner.Scope]) + 2;
        canvas.DrawFit(used, 0, _leftOut, canvas.Width - used, canvas["text.dim"]);
        canvas.DrawFit(0, 1, banner.Detail, canvas.Width, canvas["text.dim"]);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<AuditLine> RowsFor(string filter)
    {
        if (!HasCopy)
            return [];
        if (_host is not null && filter.Trim().Length == 0)
        {
            _results.Forget();
            return WholeChain() is { } chain ? chain : [];
        }
        _results.Want(filter, Query);
        // Of all hosts it is too much for the title: hosts and clock would go from the header.
        _leftOut = _host is null ? NotSearched : "";
        return [.. Sorted(_results.Lines)];
    }

    /// <inheritdoc/>
    protected override string FilterText(AuditLine row) => row.Target;

    /// <inheritdoc/>
    protected override int Compare(AuditLine a, AuditLine b, int column) => Table.Columns[column].Title switch
    {
        "#" => a.Row.Seq.CompareTo(b.Row.Seq),
        "Time" => Nullable.Compare(a.Row.Time, b.Row.Time),
        "Exit" => Nullable.Compare(a.Row.ExitCode, b.Row.ExitCode),
        _ => string.Compare(Table.Columns[column].Text(a), Table.Columns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override void Describe(AuditLine row, DetailText detail)
    {
        var found = _copies.Found(row.Key.Host);
        AuditDetail.Describe(row, LinkOf(row), _statements.Of(row, _copies.Heads, found), _counterpart.Of(row.Row.Seq, found?.Conflict), _host is null, detail, Zone);
    }

    private List<TableColumn<AuditLine>> Columns()
    {
        List<TableColumn<AuditLine>> columns =
        [
            new("#", line => line.Number) { Width = 8, AlignRight = true },
            new("Time", line => line.Time) { Width = 14, Priority = 1 },
            new("Event", line => line.Row.Event) { Width = 18 },
            new("Actor", line => line.Row.Actor) { Width = 10, Priority = 3 },
            new("Target", line => line.Target) { Width = 14, Grow = 1, Priority = 2 },
            new("Exit", line => line.Exit) { Width = 4, AlignRight = true, Priority = 5, Scope = line => line.Row.ExitCode is 0 ? null : "state.fail" },
            new("Hash", line => line.Hash) { Width = 8, Priority = 4 },
            new("Link", line => LinkOf(line).Mark) { Width = 10, Priority = 1, Scope = line => LinkOf(line).Scope },
        ];
        if (_host is null)
            columns.Insert(0, new("Host", line => line.Key.Host) { Width = 10 });
        return columns;
    }

    // A whole chain is in the order of its numbers, which is that of its times: to order it otherwise it would have to be read.
    private AuditRows? WholeChain()
    {
        var oldestFirst = false;
        if (Table.Sort is { } sort)
        {
            if (Table.Columns[sort.Column].Title is "#" or "Time")
            {
                oldestFirst = !sort.Descending;
            }
            else
            {
                Table.Sort = null;
                Shell.Toasts.Show("a whole chain is ordered by its numbers", "What a filter (/) finds can be ordered by every column.");
            }
        }
        if (_rows is not { } rows || _copies.Heads is not [var head])
            return null;
        return rows.OldestFirst == oldestFirst ? rows : _rows = RowsOf(head, oldestFirst);
    }

    private AuditRows RowsOf(ChainHead head, bool oldestFirst) =>
        new(head.Host, (from, to) => Shell.Fleet.Audit.Range(head, from, to), head.First, head.Seq, oldestFirst, Zone);

    private AuditQuery Query(string filter) => AuditFilter.Parse(filter, [.. _copies.Heads.Select(head => head.Host)], Shell.Now, Zone, of: _host);

    private AuditLink LinkOf(AuditLine line) => AuditLink.Of(line, _copies.Found(line.Key.Host), Shell.Ascii);

    private void ShowCopies()
    {
        _rows = _host is not null && _copies.Heads is [var head] ? RowsOf(head, oldestFirst: false) : null;
        _results.Forget();
        SetRows(_rows is null ? [] : _rows);
        Shell.Application.Invalidate();
        if (_wanted is { } seq && HasCopy)
        {
            _wanted = null;
            GoTo(seq, "the copy does not hold it");
        }
    }

    private void GoTo(long seq, string otherwise)
    {
        ClearFilter();
        if (!Table.SelectKey(new AuditKey(_host!, seq), centred: true))
            Shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"#{seq}: {otherwise}"), _copies.Banner.Detail);
        Shell.Application.Invalidate();
    }

    private void ShowRows()
    {
        SetRows(_host is null ? _results.Lines : AllRows);
        Shell.Application.Invalidate();
    }
}
