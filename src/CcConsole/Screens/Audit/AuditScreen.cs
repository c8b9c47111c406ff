using System.Globalization;
using CcConsole.Core;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The verified copy of a host's audit chain: the verdict, the entries newest first, and all of one. Needs no host.</summary>
internal sealed class AuditScreen : ListScreen<AuditLine>
{
    private readonly string _host;
    private AuditBanner _banner;
    private CopyVerification? _found;
    private ChainHead? _head;
    private AuditRows? _rows;
    private bool _loading;
    private bool _verifying;

    /// <param name="shell">Everything around it.</param>
    /// <param name="host">The host.</param>
    public AuditScreen(Shell shell, string host)
        : base(shell, "Audit", [], line => line.Key)
    {
        _host = host;
        _banner = AuditBanner.None(shell.Ascii);
        Table.Columns = Columns();
        Table.CanMark = true;
        Table.Sort = null;
        SetRows([]);
    }

    /// <inheritdoc/>
    public override string? Host => _host;

    /// <inheritdoc/>
    public override string? CopyText => Selected?.Row.Hash;

    /// <summary>Where the chain breaks; null when it does not, or was not verified.</summary>
    public long? FirstBreak => _banner.FirstBad;

    /// <summary>Whether a contradiction waits for a person.</summary>
    public bool HasConflict => Shell.Snapshot.Host(_host)?.HasConflict == true;

    /// <summary>Whether there is a copy.</summary>
    public bool HasCopy => _head is not null;

    /// <summary>Whether the copy is being verified.</summary>
    public bool IsVerifying => _verifying;

    /// <inheritdoc/>
    protected override bool DetailBelow => true;

    /// <inheritdoc/>
    protected override string TitlePrefix => $"{_host} {(Shell.Ascii ? '>' : '›')} ";

    /// <inheritdoc/>
    protected override string EmptyText => _loading ? "loading" : "no entries";

    private TimeZoneInfo Zone => Shell.Application.Time.LocalTimeZone;

    /// <inheritdoc/>
    public override void Enter()
    {
        if (_head is null)
            LoadAndVerify();
    }

    /// <inheritdoc/>
    public override void Update()
    {
        // A pull in the background has moved the head or met a contradiction: nothing is claimed of it until it was verified here.
        if (_found is not null && !_loading && !_verifying && Shell.Snapshot.Host(_host) is { Head: { } seen } host
            && ((seen.Copy, seen.Seq, seen.Hash) != (_found.Head.Copy, _found.Head.Seq, _found.Head.Hash) || host.HasConflict != (_found.Conflict is not null)))
        {
            LoadAndVerify();
        }
        else
        {
            ShowVerdict();
        }
    }

    /// <inheritdoc/>
    public override void Refresh() => Pull();

    /// <summary>Reads the copy and verifies every line of it.</summary>
    public void LoadAndVerify()
    {
        if (_loading || _verifying)
            return;
        Shell.Operations.Start($"{_host}: verifying every entry", async cancelled =>
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancelled, Closing);
            try
            {
                await LoadAsync(both.Token);
                await VerifyAsync(both.Token);
            }
            catch (OperationCanceledException) when (both.IsCancellationRequested)
            {
                SetBanner(AuditBanner.Cancelled(Shell.Ascii));
            }
            catch (ProblemException problem)
            {
                // Nothing was pulled yet, or the copy cannot be read: the banner is the place for it.
                SetBanner(AuditBanner.Unread(problem.Message, AuditBanner.None(Shell.Ascii).Detail, Shell.Ascii));
            }
        });
    }

    /// <summary>Takes the host's new entries.</summary>
    /// <param name="deep">Whether every entry that the host has is held against the copy first.</param>
    public void Pull(bool deep = false) => Shell.Operations.Start($"{_host}: {(deep ? "comparing every entry" : "pulling the chain")}", async stop =>
    {
        var pulled = await Shell.Fleet.Audit.PullAsync(_host, deep, stop);
        await Shell.Fleet.Monitor.RefreshAsync(_host).WaitAsync(stop);
        if (pulled.IsGood)
            Shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"{_host}: {(deep ? "every entry is as it was seen, " : "")}{pulled.Added} new entries"));
        else
            Shell.Toasts.Fail($"{_host}: {pulled.Verdict}: {pulled.Message}", pulled.Hint ?? "");
        LoadAndVerify();
    });

    /// <summary>In the demo: changes the host's own log, as an intruder would.</summary>
    public void Tamper() => Shell.Operations.Start($"{_host}: tampering", _ =>
    {
        if (Shell.Settings.Tamper is { } tamper)
            Shell.Toasts.Show($"{_host}: {tamper(_host)}", "D holds the host's log against the copy.");
        return Task.CompletedTask;
    });

    /// <summary>Goes to the entry at which the chain breaks.</summary>
    public void GoToBreak()
    {
        if (FirstBreak is not { } seq)
            return;
        ClearFilter();
        if (!Table.SelectKey(new AuditKey(_host, seq), centred: true))
            Shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"#{seq} is not in the copy, which ends before it"), _banner.Detail);
    }

    /// <summary>Writes the copy to a file, byte for byte.</summary>
    public void Export() => Shell.Operations.Start($"{_host}: exporting the chain", async stop =>
    {
        var input = new TextInput { Text = Path.Combine(Path.GetFullPath(Shell.Settings.WorkingDirectory), $"{_host}-audit.jsonl") };
        var question = new Question("Export the chain", "The copy is written to this new file, byte for byte as the host wrote it:", input, null, "Export", "Back");
        if (await Shell.AskAsync(question) != 1)
            return;
        var path = Path.GetFullPath(input.Text.Trim(), Path.GetFullPath(Shell.Settings.WorkingDirectory));
        var bytes = await Task.Run(() => Shell.Fleet.Audit.Export(_host, path), stop);
        Shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes written to {path}"));
    });

    /// <summary>Takes the host's chain as it is now, after a person has looked at the contradiction.</summary>
    public void Resolve() => Shell.Operations.Start($"{_host}: resolving the conflict", async stop =>
    {
        var question = new Question("Resolve the conflict?",
            $"The host's chain contradicts what was seen of it. From here on its chain as it is now is taken; the old copy and the evidence stay:\n\n{_banner.Detail}\n\nType {_host} to confirm that you know why.",
            new TextInput(), _host, "Resolve", "Back");
        if (await Shell.AskAsync(question) != 1)
            return;
        await Task.Run(() => Shell.Fleet.Audit.Resolve(_host), stop);
        Pull();
    });

    /// <inheritdoc/>
    protected override int BannerRows(int width) => 2;

    /// <inheritdoc/>
    protected override void DrawBanner(Canvas canvas)
    {
        canvas.DrawFit(0, 0, _banner.Text, canvas.Width, canvas[_banner.Scope]);
        canvas.DrawFit(0, 1, _banner.Detail, canvas.Width, canvas["text.dim"]);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<AuditLine> RowsFor(string filter) => filter.Length == 0 && Table.Sort is null ? AllRows : base.RowsFor(filter);

    /// <inheritdoc/>
    protected override string FilterText(AuditLine row) =>
        $"{row.Number} {row.Time} {row.Row.Event} {row.Row.Actor} {row.Row.Target} {row.Row.Words} {row.Row.Hash}";

    /// <inheritdoc/>
    protected override int Compare(AuditLine a, AuditLine b, int column) => Table.Columns[column].Title switch
    {
        "#" or "Time" => a.Row.Seq.CompareTo(b.Row.Seq),
        _ => string.Compare(Table.Columns[column].Text(a), Table.Columns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override void Describe(AuditLine row, DetailText detail) => AuditDetail.Describe(row, LinkOf(row), detail, Zone);

    private IReadOnlyList<TableColumn<AuditLine>> Columns() =>
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

    private AuditLink LinkOf(AuditLine line) => AuditLink.Of(line, _found, Shell.Ascii);

    private async Task LoadAsync(CancellationToken stop)
    {
        _loading = true;
        try
        {
            var head = await Task.Run(() => Shell.Fleet.Audit.Head(_host), stop);
            if (_found?.Head.Copy != head.Copy)
                _found = null;
            _head = head;
            _rows = new AuditRows(_host, (from, to) => Shell.Fleet.Audit.Range(head, from, to), head.First, head.Seq, oldestFirst: false, Zone);
        }
        finally
        {
            _loading = false;
            SetRows(_rows is null ? [] : _rows);
            Shell.Application.Invalidate();
        }
    }

    private async Task VerifyAsync(CancellationToken stop)
    {
        _verifying = true;
        try
        {
            var all = _head!.Seq + 1;
            SetBanner(AuditBanner.Verifying(0, all, Shell.Ascii));
            var progress = new Progress<long>(done =>
            {
                if (_verifying)
                    SetBanner(AuditBanner.Verifying(done, all, Shell.Ascii));
            });
            _found = await Task.Run(() => Shell.Fleet.Audit.Verify(_host, progress, stop), stop);
        }
        finally
        {
            _verifying = false;
        }
        ShowVerdict();
        UpdateDetail();
    }

    private void ShowVerdict()
    {
        if (_found is { } found && _head is { } head && !_verifying)
            SetBanner(AuditBanner.Of(found, Shell.Snapshot.Host(_host)?.Head ?? head, Shell.Snapshot.Host(_host), Shell.Now, Zone, Shell.Ascii));
    }

    private void SetBanner(AuditBanner banner)
    {
        _banner = banner;
        Shell.ChromeChanged();
        Shell.Application.Invalidate();
    }
}
