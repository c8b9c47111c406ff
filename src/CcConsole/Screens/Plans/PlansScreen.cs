using System.Globalization;
using CcConsole.Commands;
using CcConsole.Store.Changes;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The plans for many hosts that were noted, newest first, each with how far it has come.</summary>
internal sealed class PlansScreen : ListScreen<BatchRecord>
{
    private static readonly IReadOnlyList<TableColumn<BatchRecord>> AllColumns =
    [
        new("Plan", batch => string.Create(CultureInfo.InvariantCulture, $"p{batch.Id}")) { Width = 6 },
        new("Begun", batch => TimeText.Full(batch.BegunAt)) { Width = 23, Priority = 2 },
        new("Applied", Progress) { Width = 11, AlignRight = true, Scope = batch => batch.IsComplete ? "state.ok" : "state.late" },
        new("By", batch => batch.Actor) { Width = 10, Priority = 3 },
        new("What", batch => batch.Description) { Width = 20, Grow = 1 },
    ];

    /// <param name="shell">Everything around it.</param>
    public PlansScreen(Shell shell)
        : base(shell, "Plans", AllColumns, batch => batch.Id)
    {
        Table.Opened = _ => shell.Run(CommandRegistry.Find("plan.open")!);
        Refresh();
    }

    /// <inheritdoc/>
    protected override string EmptyText => "no plan for many hosts was made yet: mark jobs with Space or v, then act on them, or copy a job to hosts with C";

    /// <summary>The selected plan; null for none.</summary>
    public BatchRecord? SelectedPlan => Selected;

    /// <inheritdoc/>
    public override void Enter() => Refresh();

    /// <inheritdoc/>
    public override void Refresh() => SetRows(Shell.Fleet.Plans.List());

    /// <inheritdoc/>
    protected override string FilterText(BatchRecord row) => $"p{row.Id} {row.Description} {row.Reason} {string.Join(' ', row.Members.Select(member => member.Change.Host))}";

    /// <inheritdoc/>
    protected override int Compare(BatchRecord a, BatchRecord b, int column) => AllColumns[column].Title switch
    {
        "Plan" or "Begun" => a.Id.CompareTo(b.Id),
        _ => string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    /// <inheritdoc/>
    protected override string OneLine(BatchRecord row) => string.Join(", ", row.Members.Select(member => member.Change.Host).Distinct());

    /// <inheritdoc/>
    protected override void Describe(BatchRecord row, DetailText detail)
    {
        detail.Title(row.Description);
        detail.Text(row.Reason);
        detail.Fact("applied", Progress(row));
        detail.Fact("by", row.Actor);
        detail.Fact("begun", TimeText.Full(row.BegunAt));
        detail.Space();
        foreach (var member in row.Members)
        {
            var look = PlanLine.LookOf(member);
            detail.Text($"{look.Shown(Shell.Ascii),-12}{member.Change.Host}  {member.Change.Table}", look.Scope);
        }
        foreach (var left in row.Omissions)
            detail.Text(left.Problem is null ? $"nothing to change on {left.Host}" : $"left out: {left.Host}: {left.Problem}", "text.dim");
    }

    private static string Progress(BatchRecord batch) =>
        string.Create(CultureInfo.InvariantCulture, $"{batch.Members.Count(member => member.State == MemberState.Applied)}/{batch.Members.Count}{(batch.Members.Any(member => member.IsUndone) ? " undone" : "")}");
}
