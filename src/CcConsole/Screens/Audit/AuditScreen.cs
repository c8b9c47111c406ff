using System.Globalization;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The verified copy of a host's audit chain: the verdict, the entries newest first, and all of one. Needs no host.</summary>
internal sealed class AuditScreen : ListScreen<AuditLine>
{
    private const int AtOnce = 500;

    /// <summary>How many entries are shown above a break that is gone to.</summary>
    private const int AboveBreak = 5;

    private readonly string _host;
    private readonly List<AuditLine> _lines = [];
    private AuditBanner _banner;
    private CopyVerification? _found;
    private bool _loading;
    private bool _hasMore;

    /// <param name="shell">Everything around it.</param>
    /// <param name="host">The host.</param>
    public AuditScreen(Shell shell, string host)
        : base(shell, "Audit", [], line => line.Row.Seq)
    {
        _host = host;
        _banner = AuditBanner.None(shell.Ascii);
        Table.Columns = Columns();
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
    public bool HasCopy => _found is not null || _lines.Count > 0;

    /// <inheritdoc/>
    protected override bool DetailBelow => true;

    /// <inheritdoc/>
    protected override string TitlePrefix => $"{_host} {(Shell.Ascii ? '>' : '›')} ";

    /// <inheritdoc/>
    protected override string EmptyText => _loading ? "loading" : "no entries";

    /// <inheritdoc/>
    public override void Enter() => LoadAndVerify();

    /// <inheritdoc/>
    public override void Update()
    {
        if (_found is { } found)
            Show(found);
    }

    /// <inheritdoc/>
    public override void Refresh() => Pull();

    /// <summary>Reads the copy and verifies every line of it.</summary>
    public void LoadAndVerify() => Shell.Operations.Watch(
        async stop =>
        {
            if (_loading)
                return;
            _loading = true;
            try
            {
                await LoadAsync(long.MaxValue, stop);
                var progress = new Progress<long>(done => SetBanner(AuditBanner.Verifying(done, Shell.Ascii)));
                Show(await Task.Run(() => Shell.Fleet.Audit.Verify(_host, progress, stop), stop));
            }
            catch (ProblemException problem)
            {
                // Nothing was pulled yet, or the copy cannot be read: the banner is the place for it.
                SetBanner(AuditBanner.None(Shell.Ascii) with { Text = $"{StatusLook.Of(Status.Unknown).Mark(Shell.Ascii)} {problem.Message}" });
            }
            finally
            {
                _loading = false;
                ShowLines();
            }
        },
        Closing);

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
    public void GoToBreak() => Shell.Operations.Watch(
        async stop =>
        {
            if (FirstBreak is not { } seq)
                return;
            await LoadAsync(seq + AboveBreak, stop);
            if (_lines.Count == 0)
                return;
            if (_lines[0].Row.Seq < _found?.Head.Seq)
                Shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"the entries from #{_lines[0].Row.Seq} down"), "V shows all again.");
            for (var i = 0; i < Table.Rows.Count; i++)
            {
                if (Table.Rows[i].Row.Seq <= seq)
                {
                    Table.SelectedIndex = i;
                    break;
                }
            }
        },
        Closing);

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
    protected override void OnSelectionChanged()
    {
        base.OnSelectionChanged();
        if (_hasMore && !_loading && Table.SelectedIndex == Table.Rows.Count - 1 && Table.Rows.Count > 0)
            Shell.Operations.Watch(stop => LoadAsync(_lines[^1].Row.Seq - 1, stop, more: true), Closing);
    }

    /// <inheritdoc/>
    protected override int BannerRows(int width) => 2;

    /// <inheritdoc/>
    protected override void DrawBanner(Canvas canvas)
    {
        canvas.DrawFit(0, 0, _banner.Text, canvas.Width, canvas[_banner.Scope]);
        canvas.DrawFit(0, 1, _banner.Detail, canvas.Width, canvas["text.dim"]);
    }

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
    protected override void Describe(AuditLine row, DetailText detail)
    {
        detail.Title($"{row.Number} {row.Row.Event}");
        detail.Fact("time", row.Row.Time is { } time ? TimeText.Full(TimeZoneInfo.ConvertTime(time, Shell.Application.Time.LocalTimeZone)) : null);
        detail.Fact("link", LinkText(row), LinkScope(row));
        detail.Fact("actor", row.Row.Actor);
        detail.Fact("target", row.Row.Target);
        detail.Text(row.Row.Words, "state.late");
        detail.Text("hash of the entry before", "text.dim");
        detail.Text(row.Row.PreviousHash);
        detail.Text("its own hash", "text.dim");
        detail.Text(row.Row.Hash);
        detail.Space();
        detail.Text(row.Row.Text());
    }

    private IReadOnlyList<TableColumn<AuditLine>> Columns() =>
    [
        new("#", line => line.Number) { Width = 8, AlignRight = true },
        new("Time", line => line.Time) { Width = 14, Priority = 1 },
        new("Event", line => line.Row.Event) { Width = 18 },
        new("Actor", line => line.Row.Actor) { Width = 10, Priority = 3 },
        new("Target", line => line.Row.Words.Length > 0 ? $"{line.Row.Target} {line.Row.Words}" : line.Row.Target) { Width = 14, Grow = 1, Priority = 2 },
        new("Hash", line => line.Hash) { Width = 8, Priority = 4 },
        new("Link", LinkText) { Width = 10, Priority = 1, Scope = LinkScope },
    ];

    // What a verification proved of an entry; before one has ended, nothing.
    private string LinkText(AuditLine line) => _found switch
    {
        null => "? unproven",
        { Conflict: { } conflict } when line.Row.Seq == conflict.Seq => Shell.Ascii ? "x differs" : "✗ differs",
        { Result.Verdict: var verdict, Result.FirstBad: { } bad } when !verdict.IsGood() =>
            line.Row.Seq < bad - 1 ? Shell.Ascii ? "+ proven" : "✓ proven" : line.Row.Seq == bad - 1 ? Shell.Ascii ? "x broken" : "✗ broken" : "? unproven",
        _ => line.Row.Seq > _found.Head.Seq ? "? unproven" : Shell.Ascii ? "+ proven" : "✓ proven",
    };

    private string LinkScope(AuditLine line) => LinkText(line)[0] switch
    {
        '?' => "state.unknown",
        '✓' or '+' => "state.ok",
        _ => "state.fail",
    };

    private void Show(CopyVerification found)
    {
        _found = found;
        SetBanner(AuditBanner.Of(found, Shell.Snapshot.Host(_host), Shell.Now, Shell.Application.Time.LocalTimeZone, Shell.Ascii));
        UpdateDetail();
    }

    private void SetBanner(AuditBanner banner)
    {
        _banner = banner;
        Shell.ChromeChanged();
        Shell.Application.Invalidate();
    }

    private async Task LoadAsync(long last, CancellationToken stop, bool more = false)
    {
        var zone = Shell.Application.Time.LocalTimeZone;
        var read = await Task.Run(() => Shell.Fleet.Audit.Entries(_host, last).Take(AtOnce).Select(row => AuditLine.Of(row, zone)).ToList(), stop);
        if (!more)
            _lines.Clear();
        _lines.AddRange(read);
        _hasMore = read.Count == AtOnce;
        ShowLines();
    }

    private void ShowLines()
    {
        SetRows([.. _lines]);
        Shell.Application.Invalidate();
    }
}
