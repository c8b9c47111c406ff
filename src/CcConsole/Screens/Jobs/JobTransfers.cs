using CcConsole.Core.Crontab;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>Jobs that go to other hosts and tables.</summary>
internal static class JobTransfers
{
    /// <summary>Asks for hosts, and copies the marked jobs to each: one plan with a diff for each table.</summary>
    public static async void Copy(JobsScreen screen)
    {
        var (shell, rows) = (screen.Shell, screen.ChosenRows);
        var label = rows.Count == 1 ? JobLabel.Short(rows[0].Job) : $"{rows.Count} jobs";
        if (await shell.AskAsync(new HostsPopup($"Copy {label} to hosts", Choices(shell, rows))) is not { } choice)
            return;
        shell.Operations.Start($"reading the tables of {choice.Hosts.Count} {(choice.Hosts.Count == 1 ? "host" : "hosts")}", async stop =>
        {
            var sources = new Dictionary<(string, TableId), JobEditor>();
            foreach (var row in rows)
            {
                if (!sources.ContainsKey((row.Host, row.Table)))
                    sources.Add((row.Host, row.Table), await shell.Fleet.Jobs.OpenAsync(row.Host, row.Table, stop));
            }
            var jobs = rows.Select(row => (Row: row, Table: sources[(row.Host, row.Table)])).ToList();
            var how = new JobTransfer { BringVariables = choice.BringVariables, MayRelease = choice.MayRelease };
            var targets = choice.Hosts.SelectMany(host => jobs.Where(job => job.Row.Host != host)
                .GroupBy(job => job.Row.Table.IsSystem ? job.Row.Table : null)
                .Select(table => (Host: host, MakePlan: (Func<Task<ChangePlan>>)(() => PlanAsync(host, table.Key, [.. table])))));
            var plan = await ManyPlans.MakeAsync($"copy {label}", targets);
            screen.ClearMarks();
            await PlanReview.RunAsync(shell, plan);

            async Task<ChangePlan> PlanAsync(string host, TableId? table, IReadOnlyList<(JobRow Row, JobEditor Table)> arriving)
            {
                var to = await shell.Fleet.Jobs.OpenAsync(host, table, stop);
                return ManyPlans.Chain(to, $"copy {arriving.Count} jobs",
                    [.. arriving.Select(job => (Func<JobEditor, ChangePlan>)(now => job.Table.PlanCopy(JobActions.Find(job.Table, job.Row), now, how)))]);
            }
        });
    }

    /// <summary>Asks for a table, and moves the selected job there: added there first, then removed here.</summary>
    public static async void Move(JobsScreen screen)
    {
        if (screen.SelectedLine is not { Row: { } row })
            return;
        var shell = screen.Shell;
        var popup = new FieldsPopup($"Move {JobLabel.Short(row.Job)}", "review",
            ("Host", row.Host, "a host of the fleet"),
            ("Table", "", "a user's name, /etc/crontab or /etc/cron.d/NAME; empty: the login user's own"),
            ("User", row.RunsAs, "who runs it, in a system table"));
        if (await shell.AskAsync(popup) is not { } fields)
            return;
        shell.Operations.Start($"{row.Host}: reading the tables", async stop =>
        {
            var (from, job) = await JobActions.OpenAsync(shell, row, stop);
            var to = await shell.Fleet.Jobs.OpenAsync(fields[0].Trim(), fields[1].Trim() is { Length: > 0 } table ? TableId.Parse(table) : null, stop);
            var move = from.PlanMove(job, to, new JobTransfer { User = fields[2].Trim() is { Length: > 0 } user ? user : null });
            if (!await ConfirmAsync(shell, move))
                return;
            var result = await move.ApplyAsync(shell.Fleet.Changes, stop);
            if (result.IsMoved)
                shell.Toasts.Show($"{StatusLook.Of(Status.Ok).Mark(shell.Ascii)} {JobLabel.Short(job)} is in {move.Add.Table.Words} on {move.Add.Host} now", "Both tables were written and verified; u takes the last change back.");
            else
                shell.Toasts.Fail(result.Problem ?? result.Added.Message ?? "the job was not moved", result.Hint ?? result.Added.Hint ?? "");
            screen.Update();
        });
    }

    private static async Task<bool> ConfirmAsync(Shell shell, JobMove move)
    {
        var word = move.Add.IsProduction ? move.Add.Host : move.Remove.IsProduction ? move.Remove.Host : null;
        var question = new Question(move.Add.Description, "", word is null ? null : new TextInput(), word, "Apply", "Back");
        var body = question.Dialog.Body;
        foreach (var plan in (ReadOnlySpan<ChangePlan>)[move.Add, move.Remove])
        {
            body.AppendLine($"{plan.Host}: {plan.Table.Words}", "title");
            PlanText.Append(body, plan, shell.Ascii);
            body.AppendLine("");
        }
        body.AppendLine("It is added and read back first, and only then removed where it was.", "text.dim");
        if (word is not null)
            body.AppendLine($"{word} is tagged prod: type its name to confirm.", "state.late");
        return await shell.AskAsync(question) == 1;
    }

    private static List<HostChoice> Choices(Shell shell, IReadOnlyList<JobRow> rows) => [.. shell.Snapshot.Hosts.Select(host =>
    {
        var isSource = rows.All(row => row.Host == host.Name);
        var note = isSource ? rows.Count == 1 ? "the job is there" : "the jobs are there" : host.Status == Status.Offline ? $"offline: {host.Cause}" : string.Join(' ', host.Host.Tags);
        return new HostChoice(host.Name, note, !isSource);
    })];
}
