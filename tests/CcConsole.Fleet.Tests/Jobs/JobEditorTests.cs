using System.Text;
using CcConsole.Core;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Jobs;
using CcConsole.Fleet.Sessions;
using Xunit;

namespace CcConsole.Fleet.Tests.Jobs;

public sealed class JobEditorTests
{
    private static JobEditor Editor(string table, bool agent = false) => new(
        new HostEntry { Name = "web01", Destination = "web01", Tags = ["prod"] },
        new HostFacts
        {
            User = "alice",
            Dialect = CronDialect.Debian,
            Daemon = "cron",
            Zone = TimeZoneInfo.Utc,
            AgentVersion = agent ? "0.1.0" : null,
            AgentPath = agent ? "/usr/local/bin/cc-agent" : null,
            SocketPath = agent ? "/tmp/cc-agent-1000/cc-agent.sock" : null,
        },
        new TableSnapshot(TableId.Parse("alice"), table.Length > 0, Encoding.Latin1.GetBytes(table), CronDialect.Debian, DateTimeOffset.UnixEpoch), true, TimeProvider.System);

    private static string After(ChangePlan plan) => Encoding.Latin1.GetString(plan.After.Span);

    [Fact]
    public void A_preview_has_the_exact_line_the_meaning_and_the_next_runs()
    {
        JobPreview preview = Editor("").Preview(new JobDraft { Schedule = "0 3 * * *", Command = "date +%F" });
        Assert.True(preview.IsValid);
        Assert.Equal("0 3 * * * date +\\%F", Encoding.UTF8.GetString(preview.Line.Span));
        Assert.Equal(ScheduleDescription.Describe(Schedule.Parse("0 3 * * *", CronDialect.Debian)), preview.Meaning);
        Assert.Equal(5, preview.NextRuns.Count);
        Assert.All(preview.NextRuns, run => Assert.Equal(3, run.Hour));
        Assert.Equal(998 - "date +\\%F".Length, preview.BytesLeft);
    }

    [Theory]
    [InlineData("61 * * * *", "true", DraftField.Schedule)]
    [InlineData("", "true", DraftField.Schedule)]
    [InlineData("* * * * *", "", DraftField.Command)]
    [InlineData("* * * * *", "a\nb", DraftField.Command)]
    public void A_draft_that_cannot_be_written_names_the_field_at_fault(string schedule, string command, DraftField field)
    {
        JobDraft draft = new() { Schedule = schedule, Command = command };
        JobPreview preview = Editor("").Preview(draft);
        Assert.Equal(field, preview.Field);
        Assert.NotNull(preview.Problem);
        Assert.Throws<ProblemException>(() => Editor("").Plan(draft));
    }

    [Fact]
    public void A_table_that_crontab_refuses_already_is_said_before_anything_is_sent()
    {
        JobEditor editor = Editor("# mine\n61 * * * * true\n");
        string warning = Assert.Single(editor.Plan(new JobDraft { Schedule = "@daily", Command = "true" }).Warnings);
        Assert.Contains("line 2: bad minute", warning, StringComparison.Ordinal);
        Assert.Empty(Editor("# mine\n6 * * * * true\n").Plan(new JobDraft { Schedule = "@daily", Command = "true" }).Warnings);
    }

    [Fact]
    public void A_command_over_the_daemons_limit_is_refused_before_it_is_sent()
    {
        JobPreview preview = Editor("").Preview(new JobDraft { Schedule = "@daily", Command = new string('x', 999) });
        Assert.Equal(-1, preview.BytesLeft);
        Assert.Equal(DraftField.Command, preview.Field);
        Assert.True(Editor("").Preview(new JobDraft { Schedule = "@daily", Command = new string('x', 998) }).IsValid);
    }

    [Fact]
    public void A_schedule_that_never_fires_is_accepted_with_a_warning()
    {
        JobPreview preview = Editor("").Preview(new JobDraft { Schedule = "0 0 30 2 *", Command = "true" });
        Assert.True(preview.IsValid);
        Assert.Empty(preview.NextRuns);
        Assert.StartsWith("Never fires", Assert.Single(preview.Warnings));
    }

    [Fact]
    public void With_an_agent_a_new_job_is_wrapped_and_its_command_survives()
    {
        JobEditor editor = Editor("# first\n", agent: true);
        const string command = "echo 'it'\\''s 50%' | sed \"s/\\\\/x/\" > /tmp/a b";
        ChangePlan plan = editor.Plan(new JobDraft { Schedule = "*/5 * * * *", Command = command, Name = "Say it" });
        Job job = Assert.Single(JobTable.From(CrontabDocument.Parse(plan.After.Span)).Jobs);
        Assert.Equal(command, job.Command);
        Assert.Equal("Say it", job.Name);
        Assert.StartsWith("say-it-", job.Id);
        Assert.Equal(job.Id, plan.JobId);
        Assert.Equal("/usr/local/bin/cc-agent", job.Wrapped!.AgentPath);
        Assert.Equal("/tmp/cc-agent-1000/cc-agent.sock", job.Wrapped.SocketPath);
        Assert.StartsWith("# first\n#cc: name=Say it\n*/5 * * * * /usr/local/bin/cc-agent exec --job-id ", After(plan));
        Assert.True(plan.IsProduction);
        Assert.Equal($"add job {job.Id}", plan.Description);
    }

    [Fact]
    public void A_new_job_runs_in_the_shell_that_the_table_sets_or_is_refused()
    {
        JobDraft draft = new() { Schedule = "@daily", Command = "echo 'a\\\\b'" };
        ChangePlan bash = Editor("SHELL=/bin/bash\n", agent: true).Plan(draft);
        Assert.Equal("/bin/bash", Assert.Single(JobTable.From(CrontabDocument.Parse(bash.After.Span)).Jobs).Wrapped!.Shell);
        // fish reads a backslash within single quotes: the job would be another one.
        JobPreview fish = Editor("SHELL=/usr/bin/fish\n", agent: true).Preview(draft);
        Assert.Contains("fish", fish.Problem);
        Assert.True(Editor("SHELL=/usr/bin/fish\n", agent: true).Preview(draft with { Wrapped = false }).IsValid);
    }

    [Fact]
    public void Taking_the_wrapper_off_by_an_edit_does_not_change_the_shell()
    {
        JobEditor editor = Editor("SHELL=/bin/bash\n@daily /a exec --job-id 'k' -- /bin/sh -c 'x'\n", agent: true);
        Job job = Assert.Single(editor.Jobs.Jobs);
        Assert.Contains("/bin/bash", editor.Preview(JobDraft.From(job) with { Wrapped = false }, job).Problem);
    }

    [Fact]
    public void An_edit_of_the_schedule_leaves_another_wrappers_spelling_alone()
    {
        const string table = "@daily other exec --job-id=\"k\"  --  /bin/sh -c 'x'\n";
        JobEditor editor = Editor(table, agent: true);
        Job job = Assert.Single(editor.Jobs.Jobs);
        Assert.Equal(table.Replace("@daily", "@hourly", StringComparison.Ordinal), After(editor.Plan(JobDraft.From(job) with { Schedule = "@hourly" }, job)));
    }

    [Fact]
    public void A_name_with_a_control_character_is_the_names_fault()
    {
        Assert.Equal(DraftField.Name, Editor("").Preview(new JobDraft { Schedule = "@daily", Command = "x", Name = "a\u001b[2J" }).Field);
    }

    [Fact]
    public void Without_an_agent_a_wrapped_job_is_refused_with_the_next_step()
    {
        JobPreview preview = Editor("").Preview(new JobDraft { Schedule = "@daily", Command = "true", Wrapped = true });
        Assert.Contains("no agent", preview.Problem);
        Assert.Contains("cc-console agent install", preview.Hint);
    }

    [Fact]
    public void An_edit_changes_only_what_was_edited()
    {
        const string table = "A=b\n  0 3 * * *\t/bin/backup \\% %in put\n\xff\xfe not a line\n";
        JobEditor editor = Editor(table);
        Job job = editor.Jobs.Jobs[0];
        Assert.True(editor.Plan(JobDraft.From(job), job).IsEmpty);
        Assert.Equal(table.Replace("0 3 * * *", "5 4 * * *", StringComparison.Ordinal), After(editor.Plan(JobDraft.From(job) with { Schedule = "5 4 * * *" }, job)));
        Assert.Equal(table.Replace("/bin/backup \\% ", "/bin/other", StringComparison.Ordinal), After(editor.Plan(JobDraft.From(job) with { Command = "/bin/other" }, job)));
        Assert.Equal(table.Replace("  0 3", "#cc: name=Nightly\n  0 3", StringComparison.Ordinal), After(editor.Plan(JobDraft.From(job) with { Name = "Nightly" }, job)));
    }

    [Fact]
    public void A_wrapped_job_keeps_its_id_and_its_flags_through_an_edit()
    {
        JobEditor editor = Editor("", agent: true);
        ChangePlan added = editor.Plan(new JobDraft { Schedule = "@daily", Command = "a", JobId = "backup", Flags = ["--timeout", "5m"] });
        JobEditor again = Editor(After(added), agent: true);
        Job job = Assert.Single(again.Jobs.Jobs);
        Job edited = Assert.Single(JobTable.From(CrontabDocument.Parse(again.Plan(JobDraft.From(job) with { Command = "b" }, job).After.Span)).Jobs);
        Assert.Equal(("backup", "b"), (edited.Id, edited.Command));
        Assert.Equal(["--timeout", "5m"], edited.Wrapped!.Flags);
        Assert.Equal(DraftField.JobId, again.Preview(new JobDraft { Schedule = "@daily", Command = "c", JobId = "backup" }).Field);
    }

    [Fact]
    public void Pause_and_resume_and_adopt_and_release_give_the_same_bytes_back()
    {
        const string table = "SHELL=/bin/bash\n0 3 * * *   cd /srv && ./run --rate 5\\% %one%two\n# end\n";
        ChangePlan Step(string from, Func<JobEditor, Job, ChangePlan> plan)
        {
            JobEditor editor = Editor(from, agent: true);
            return plan(editor, Assert.Single(editor.Jobs.Jobs));
        }

        string paused = After(Step(table, (editor, job) => editor.PlanPause(job)));
        Assert.NotEqual(table, paused);
        Assert.Equal(table, After(Step(paused, (editor, job) => editor.PlanResume(job))));
        ChangePlan adopted = Step(table, (editor, job) => editor.PlanAdopt(job, "run"));
        Assert.Contains("exec --job-id", After(adopted));
        Assert.Equal("run", adopted.JobId);
        Assert.Equal(table, After(Step(After(adopted), (editor, job) => editor.PlanRelease(job))));
        Assert.Equal("SHELL=/bin/bash\n# end\n", After(Step(table, (editor, job) => editor.PlanRemove(job))));
    }

    [Fact]
    public void A_line_that_does_not_parse_is_listed_and_not_touched()
    {
        JobEditor editor = Editor("61 * * * * x\n");
        Job job = Assert.Single(editor.Jobs.Jobs);
        Assert.Equal(JobState.Unparsed, job.State);
        Assert.Contains("does not parse", Assert.Throws<ProblemException>(() => editor.PlanRemove(job)).Message);
    }
}
