using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Screens;

/// <summary>What is done to the rows of the list of jobs: their tables are read anew, and every change is a reviewed plan.</summary>
internal static class JobActions
{
    /// <summary>Opens the editor on the selected job.</summary>
    public static void Edit(JobsScreen screen) => WithSelected(screen, (table, job) => screen.Shell.Push(new EditorScreen(screen.Shell, table, job)));

    /// <summary>Opens the editor on a new job, in the table of the selected row, else in the login user's own.</summary>
    public static void New(JobsScreen screen)
    {
        var (shell, host) = (screen.Shell, screen.Host!);
        shell.Operations.Start($"{host}: reading the table", async stop =>
            shell.Push(new EditorScreen(shell, await shell.Fleet.Jobs.OpenAsync(host, screen.SelectedLine?.Row?.Table, stop), null)));
    }

    /// <summary>Runs the selected job now, after a question.</summary>
    public static void RunNow(JobsScreen screen)
    {
        if (screen.SelectedLine is not { Row: { } row })
            return;
        var shell = screen.Shell;
        shell.Operations.Start($"{row.Host}: reading the table", async stop =>
        {
            var (table, job) = await OpenAsync(shell, row, stop);
            if (await RunScreen.ConfirmAsync(shell, table, job))
                shell.Push(new RunScreen(shell, table, job));
        });
    }

    /// <summary>Makes a plan with the selected job, shows it, and applies it when confirmed.</summary>
    public static void Change(JobsScreen screen, Func<JobEditor, Job, ChangePlan> plan)
    {
        if (screen.SelectedLine is not { Row: { } row })
            return;
        var shell = screen.Shell;
        shell.Operations.Start($"{row.Host}: reading the table", async stop =>
        {
            var (table, job) = await OpenAsync(shell, row, stop);
            await ChangeReview.RunAsync(shell, plan(table, job), stop);
            screen.Update();
        });
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

    private static void WithSelected(JobsScreen screen, Action<JobEditor, Job> then)
    {
        if (screen.SelectedLine is not { Row: { } row })
            return;
        var shell = screen.Shell;
        shell.Operations.Start($"{row.Host}: reading the table", async stop =>
        {
            var (table, job) = await OpenAsync(shell, row, stop);
            then(table, job);
        });
    }
}
