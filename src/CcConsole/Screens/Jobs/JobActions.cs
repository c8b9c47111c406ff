using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Screens;

/// <summary>What is done to the rows of the list of jobs: their tables are read anew, and every change is a reviewed plan.</summary>
internal static class JobActions
{
    /// <summary>Opens the editor on the selected job.</summary>
    public static void Edit(JobsScreen screen) => WithSelected(screen, (table, job, _) =>
    {
        screen.Shell.Push(new EditorScreen(screen.Shell, table, job));
        return Task.CompletedTask;
    });

    /// <summary>Opens the editor on a new job, in the table of the selected row, else in the login user's own.</summary>
    public static void New(JobsScreen screen)
    {
        var (shell, host) = (screen.Shell, screen.Host!);
        shell.Operations.Start($"{host}: reading the table", async stop =>
            shell.Push(new EditorScreen(shell, await shell.Fleet.Jobs.OpenAsync(host, screen.SelectedLine?.Row?.Table, stop), null)));
    }

    /// <summary>Runs the selected job now, after a question.</summary>
    public static void RunNow(JobsScreen screen) => WithSelected(screen, async (table, job, _) =>
    {
        if (await RunScreen.ConfirmAsync(screen.Shell, table, job))
            screen.Shell.Push(new RunScreen(screen.Shell, table, job));
    });

    /// <summary>Makes a plan with the selected job, shows it, and applies it when confirmed; what it wrote is selected then.</summary>
    public static void ChangeSelected(JobsScreen screen, Func<JobEditor, Job, ChangePlan> plan) => WithSelected(screen, async (table, job, stop) =>
    {
        var result = await ChangeReview.RunAsync(screen.Shell, plan(table, job), stop);
        screen.Update();
        if (result is { IsApplied: true } && WrittenJob.KeyOf(table, result.Plan) is { } written)
            screen.SelectSoon(written);
    });

    /// <summary>Makes a plan with all marked jobs, shows it, and applies it when confirmed: one review, whatever tables and hosts they are of.</summary>
    /// <param name="screen">The list.</param>
    /// <param name="what">What is done to them, in a word.</param>
    /// <param name="plan">What is done to one.</param>
    public static void Change(JobsScreen screen, string what, Func<JobEditor, Job, ChangePlan> plan)
    {
        var rows = screen.ChosenRows;
        if (rows is [var row] && row == screen.SelectedLine?.Row)
            ChangeSelected(screen, plan);
        else if (rows.Count > 0)
            ChangeMany(screen, what, rows, plan);
    }

    /// <summary>The table as it is now, and the same job in it.</summary>
    public static async Task<(JobEditor Table, Job Job)> OpenAsync(Shell shell, JobRow row, CancellationToken stop)
    {
        var table = await shell.Fleet.Jobs.OpenAsync(row.Host, row.Table, stop);
        return (table, Find(table, row));
    }

    /// <summary>The job of a row in its table as it is now.</summary>
    public static Job Find(JobEditor table, JobRow row) => table.Jobs.Jobs.FirstOrDefault(job => job.Id == row.Job.Id)
        ?? throw new ProblemException($"{row.Host}: the job {row.Job.Id} is not in the table any more", "r reads the table anew.");

    /// <summary>Starts something with the selected job, its table just read.</summary>
    public static void WithSelected(JobsScreen screen, Func<JobEditor, Job, CancellationToken, Task> then)
    {
        if (screen.SelectedLine is not { Row: { } row })
            return;
        var shell = screen.Shell;
        shell.Operations.Start($"{row.Host}: reading the table", async stop =>
        {
            var (table, job) = await OpenAsync(shell, row, stop);
            await then(table, job, stop);
        });
    }

    private static void ChangeMany(JobsScreen screen, string what, IReadOnlyList<JobRow> rows, Func<JobEditor, Job, ChangePlan> plan)
    {
        var shell = screen.Shell;
        shell.Operations.Start($"reading the tables of {rows.Count} jobs", async stop =>
        {
            var tables = rows.GroupBy(row => (row.Host, row.Table)).ToList();
            var description = rows.Count == 1 ? $"{what} {JobLabel.Short(rows[0].Job)}" : $"{what} {rows.Count} jobs";
            var planned = await ManyPlans.MakeAsync(description, tables.Select(table => (table.Key.Host, MakePlan: (Func<Task<ChangePlan>>)(() => PlanAsync([.. table])))));
            screen.ClearMarks();
            if (planned is { Changes: [var only], Unplanned.Count: 0 })
                await ChangeReview.RunAsync(shell, only, stop);
            else
                await PlanReview.RunAsync(shell, planned);
            screen.Update();

            async Task<ChangePlan> PlanAsync(IReadOnlyList<JobRow> ofTable)
            {
                var table = await shell.Fleet.Jobs.OpenAsync(ofTable[0].Host, ofTable[0].Table, stop);
                // From the table's end, so that the ids of those above stay what they are.
                return ManyPlans.Chain(table, $"{what} {ofTable.Count} jobs",
                    [.. ofTable.OrderByDescending(row => row.Job.LineNumber).Select(row => (Func<JobEditor, ChangePlan>)(now => plan(now, Find(now, row))))]);
            }
        });
    }
}
