using CcConsole.Commands;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The environment lines and comments of one table. Each change is a reviewed plan.</summary>
internal sealed class TableScreen : ListScreen<TableLine>
{
    private static readonly IReadOnlyList<TableColumn<TableLine>> AllColumns =
    [
        new("Line", line => line.Number) { Width = 5, AlignRight = true },
        new("Name", line => line.Name) { Width = 16, Scope = line => line.IsVariable ? null : "text.dim" },
        new("Value", line => line.Value) { Width = 20, Grow = 1, Scope = line => line.IsVariable ? null : "text.dim" },
    ];

    private JobEditor _table;

    /// <param name="shell">Everything around it.</param>
    /// <param name="table">The table as it was just read.</param>
    public TableScreen(Shell shell, JobEditor table)
        : base(shell, "Variables", AllColumns, line => line.Number)
    {
        _table = table;
        Table.Opened = _ => shell.Run(CommandRegistry.Find("table.change")!);
        SetRows(TableLine.Of(table.Jobs.Document));
    }

    /// <inheritdoc/>
    public override string? Host => _table.Host.Name;

    /// <inheritdoc/>
    public override string? CopyText => Selected?.Value;

    /// <summary>The selected line; null for none.</summary>
    public TableLine? SelectedLine => Selected;

    /// <inheritdoc/>
    protected override string TitlePrefix => $"{_table.Host.Name} {(Shell.Ascii ? '>' : '›')} {JobLine.Short(_table.Table.Id)} ";

    /// <inheritdoc/>
    protected override bool HasDetail => false;

    /// <inheritdoc/>
    protected override string EmptyText => $"{_table.Table.Id.Words} sets no variable and has no comment: n sets one, # writes a comment";

    /// <summary>Opens the table of the selected row of the jobs.</summary>
    public static void Open(JobsScreen jobs)
    {
        var (shell, host) = (jobs.Shell, jobs.Host!);
        shell.Operations.Start($"{host}: reading the table", async stop =>
            shell.Push(new TableScreen(shell, await shell.Fleet.Jobs.OpenAsync(host, jobs.SelectedLine?.Row?.Table, stop))));
    }

    /// <summary>Asks for a variable and sets it.</summary>
    public void Add() => Ask(new FieldsPopup("Set a variable", "review", ("Name", "", "such as MAILTO, PATH, SHELL"), ("Value", "", "without quotes; written above the first entry")),
        fields => _table.PlanVariable(fields[0].Trim(), fields[1]));

    /// <summary>Asks for a comment and writes it above the selected line, else at the end.</summary>
    public void AddComment()
    {
        var before = Selected?.Line.Number;
        Ask(new FieldsPopup("Write a comment", "review", ("Text", "", before is { } line ? $"written above line {line}" : "written at the table's end")),
            fields => _table.PlanComment(fields[0], before));
    }

    /// <summary>Asks for another value or text.</summary>
    public void Change()
    {
        if (Selected is not { } line)
            return;
        if (line.IsVariable)
        {
            Ask(new FieldsPopup($"Line {line.Number}", "review", ("Name", line.Name, ""), ("Value", line.Value, "without quotes")).WithFixedFirst(),
                fields => _table.PlanVariable(line.Name, fields[1], line.Line.Number));
        }
        else
        {
            Ask(new FieldsPopup($"Line {line.Number}", "review", ("Text", line.Value, "")), fields => _table.PlanCommentChange(line.Line.Number, fields[0]));
        }
    }

    /// <summary>Removes the selected line.</summary>
    public void Remove()
    {
        if (Selected is not { } line)
            return;
        Start(() => line.IsVariable ? _table.PlanVariable(line.Name, null, line.Line.Number) : _table.PlanCommentChange(line.Line.Number, null));
    }

    /// <inheritdoc/>
    public override void Refresh() => Shell.Operations.Start($"{_table.Host.Name}: reading the table", ReadAsync);

    /// <inheritdoc/>
    protected override string FilterText(TableLine row) => $"{row.Name} {row.Value}";

    /// <inheritdoc/>
    protected override int Compare(TableLine a, TableLine b, int column) => AllColumns[column].Title switch
    {
        "Line" => a.Line.Number.CompareTo(b.Line.Number),
        _ => string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase),
    };

    private async void Ask(FieldsPopup popup, Func<IReadOnlyList<string>, ChangePlan> plan)
    {
        if (await Shell.AskAsync(popup) is { } fields)
            Start(() => plan(fields));
    }

    private void Start(Func<ChangePlan> plan) => Shell.Operations.Start($"{_table.Host.Name}: changing the table", async stop =>
    {
        if (await ChangeReview.RunAsync(Shell, plan(), stop) is not null)
            await ReadAsync(stop);
    });

    private async Task ReadAsync(CancellationToken stop)
    {
        _table = await Shell.Fleet.Jobs.OpenAsync(_table.Host.Name, _table.Table.Id, stop);
        SetRows(TableLine.Of(_table.Jobs.Document));
    }
}
