using System.Globalization;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>A plan for many hosts while it is applied, and afterwards: a row a change, with its result as it comes. What is left can be taken up again.</summary>
internal sealed class PlanScreen : ListScreen<PlanLine>
{
    private static readonly IReadOnlyList<TableColumn<PlanLine>> AllColumns =
    [
        new("State", line => line.State) { Width = 11, Scope = line => line.Scope },
        new("Host", line => line.Change.Host) { Width = 14, Grow = 1 },
        new("Table", line => JobLine.Short(line.Change.Table)) { Width = 12, Grow = 1, Priority = 2 },
        new("Change", line => line.Number) { Width = 7, AlignRight = true, Priority = 3 },
        new("What", line => line.Change.Description) { Width = 18, Grow = 2, Priority = 4 },
        new("Message", line => line.Message) { Width = 18, Grow = 3, Priority = 1, Scope = line => line.Message.Length > 0 ? line.Scope : null },
    ];

    private readonly long _plan;
    private readonly Dictionary<int, FleetPlanResult> _results = [];
    private readonly IReadOnlyList<ChangePlan> _changes;
    private BatchRecord _batch;
    private CancellationTokenSource? _stop;
    private string _summary = "";
    private string _scope = "text";

    /// <param name="shell">Everything around it.</param>
    /// <param name="plan">The plan's number.</param>
    /// <param name="start">Whether to apply it now.</param>
    public PlanScreen(Shell shell, long plan, bool start)
        : base(shell, string.Create(CultureInfo.InvariantCulture, $"Plan p{plan}"), AllColumns, line => line.Position)
    {
        _plan = plan;
        _batch = shell.Fleet.Plans.Find(plan);
        _changes = shell.Fleet.Plans.PlansOf(_batch);
        Table.Sort = null;
        Show();
        if (start)
            Start(null);
    }

    /// <inheritdoc/>
    public override string? Host => Selected?.Change.Host;

    /// <inheritdoc/>
    public override string? CopyText => Selected is { } line ? line.Message.Length > 0 ? $"{line.Change.Host}: {line.Message}" : line.Change.Host : null;

    /// <summary>Whether it is being applied.</summary>
    public bool IsRunning => _stop is not null;

    /// <summary>How many changes are left to be applied.</summary>
    public int Left => Table.Rows.Count(line => line.Stage != MemberState.Applied);

    /// <summary>How many were applied.</summary>
    public int Applied => Table.Rows.Count(line => line.Stage == MemberState.Applied);

    /// <inheritdoc/>
    public override (string What, string Hint)? WhyStay =>
        IsRunning ? ($"plan p{_plan} is being applied", "x begins no further host; then what is left can be taken up again.") : null;

    /// <inheritdoc/>
    protected override bool DetailBelow => true;

    /// <inheritdoc/>
    protected override string EmptyText => "this plan has no changes";

    /// <summary>Applies what is left, with other options than the plan's own or (null) with these.</summary>
    public void Start(FleetPlanOptions? options)
    {
        if (IsRunning)
            return;
        Shell.Operations.Start(string.Create(CultureInfo.InvariantCulture, $"plan p{_plan}: {_batch.Description}"), async cancelled =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancelled, Closing);
            _stop = stop;
            Show();
            try
            {
                await foreach (var result in Shell.Fleet.Plans.RunAsync(_plan, options, stop.Token))
                {
                    _results[result.Position] = result;
                    Show();
                }
            }
            finally
            {
                _stop = null;
                _results.Clear();
                _batch = Shell.Fleet.Plans.Find(_plan);
                Show();
                Shell.Application.Invalidate();
            }
        });
    }

    /// <summary>Begins no further host; those under way are carried through.</summary>
    public void Stop() => _stop?.Cancel();

    /// <summary>Asks how to go on, and takes up what is left.</summary>
    public async void Resume()
    {
        var question = new Question(string.Create(CultureInfo.InvariantCulture, $"Take up plan p{_plan}?"),
            string.Create(CultureInfo.InvariantCulture, $"{Left} of {_changes.Count} changes are not applied: {_batch.Description}.\n\nA table that was changed since is left as it is, and told."),
            "Apply, stop at a failure", "Go on after failures", "Back");
        var answer = await Shell.AskAsync(question);
        if (answer is 1 or 2)
            Start(new FleetPlanOptions { Parallelism = _batch.Parallelism, ContinueOnFailure = answer == 2 });
    }

    /// <summary>Plans to take back what was applied, and shows that plan.</summary>
    public void Undo() => Shell.Operations.Start(string.Create(CultureInfo.InvariantCulture, $"plan p{_plan}: looking at the tables"), async stop =>
        await PlanReview.RunAsync(Shell, await Shell.Fleet.Plans.PlanUndoAsync(_plan, cancellation: stop)));

    /// <inheritdoc/>
    public override bool Back()
    {
        if (base.Back())
            return true;
        if (WhyStay is not { } why)
            return false;
        Shell.Toasts.Fail(why.What, why.Hint);
        return true;
    }

    /// <inheritdoc/>
    public override void Refresh()
    {
        _batch = Shell.Fleet.Plans.Find(_plan);
        Show();
    }

    /// <inheritdoc/>
    protected override int BannerRows(int width) => 1;

    /// <inheritdoc/>
    protected override void DrawBanner(Canvas canvas) => canvas.DrawFit(0, 0, _summary, canvas.Width, canvas[_scope]);

    /// <inheritdoc/>
    protected override string FilterText(PlanLine row) => $"{row.State} {row.Change.Host} {row.Change.Table} {row.Message}";

    /// <inheritdoc/>
    protected override int Compare(PlanLine a, PlanLine b, int column) => AllColumns[column].Title switch
    {
        "State" => a.Stage.CompareTo(b.Stage),
        _ => string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override string OneLine(PlanLine row) => row.Message.Length > 0 ? row.Message : row.Change.Description;

    /// <inheritdoc/>
    protected override void Describe(PlanLine row, DetailText detail)
    {
        detail.Title($"{row.Change.Host}: {row.Change.Description}");
        detail.Fact("state", row.State, row.Scope);
        detail.Text(row.Message, row.Scope);
        detail.Fact("table", row.Change.Table.Words);
        detail.Fact("change", row.Number);
        detail.Space();
        PlanText.Append(detail.Pane, row.Change, Shell.Ascii);
    }

    private void Show()
    {
        SetRows([.. _batch.Members.Select(member => PlanLine.Of(member, _changes[member.Position], _results.GetValueOrDefault(member.Position), IsRunning, Shell.Ascii))]);
        var failed = AllRows.Count(line => line.Stage is not (MemberState.Applied or MemberState.NotStarted or MemberState.Running));
        var applied = AllRows.Count(line => line.Stage == MemberState.Applied);
        var left = AllRows.Count - applied;
        _summary = string.Create(CultureInfo.InvariantCulture,
            $"{_batch.Description}: {applied} of {AllRows.Count} applied{(failed > 0 ? $", {failed} failed" : "")}{(IsRunning ? ", x begins no further host" : left > 0 ? $", {left} left: c takes them up again" : "")}");
        _scope = failed > 0 ? "state.fail" : left == 0 ? "state.ok" : "text";
        Shell.ChromeChanged();
    }
}
