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

public sealed class JobPlansTests
{
    private const string Agent = "/usr/local/bin/cc-agent";

    [Fact]
    public void A_duplicate_stands_below_with_a_name_and_an_id_of_its_own()
    {
        JobEditor editor = Editor("#cc: tags=db name=Backup\n0 3 * * * /a exec --job-id 'b' --timeout 5m -- /bin/sh -c 'x'\n# end\n");
        ChangePlan plan = editor.PlanDuplicate(Only(editor));
        Assert.StartsWith("backup-copy-", plan.JobId);
        Assert.Equal("#cc: tags=db name=Backup\n0 3 * * * /a exec --job-id 'b' --timeout 5m -- /bin/sh -c 'x'\n"
            + $"#cc: tags=db name=Backup (copy)\n0 3 * * * /a exec --job-id '{plan.JobId}' --timeout 5m -- /bin/sh -c 'x'\n# end\n", After(plan));
        Assert.Contains("same times", Assert.Single(plan.Warnings));

        JobEditor bare = Editor("0 3 * * *\tx %in");
        Assert.Equal("0 3 * * *\tx %in\n0 3 * * *\tx %in\n", After(bare.PlanDuplicate(Only(bare))));
    }

    [Fact]
    public void A_variable_is_set_at_the_head_changed_in_its_line_and_removed_and_its_jobs_are_named()
    {
        const string table = "# the table\n\n# first job\n0 3 * * * a\n0 4 * * * b\n";
        JobEditor editor = Editor(table);
        ChangePlan set = editor.PlanVariable("PATH", "/opt/bin:/usr/bin");
        Assert.Equal("# the table\n\nPATH=/opt/bin:/usr/bin\n# first job\n0 3 * * * a\n0 4 * * * b\n", After(set));
        Assert.Contains("2 jobs", Assert.Single(set.Warnings));

        ChangePlan spaced = Editor(After(set)).PlanVariable("PATH", " /x ");
        Assert.Contains("PATH=\"' /x '\"\n", After(spaced));
        Assert.Equal(table, After(Editor(After(spaced)).PlanVariable("PATH", null)));

        ChangePlan above = editor.PlanVariable("LANG", "C", above: editor.Jobs.Jobs[1]);
        Assert.EndsWith("a\nLANG=C\n0 4 * * * b\n", After(above));
        Assert.Contains("1 job:", Assert.Single(above.Warnings));
        Assert.Contains("does not set", Assert.Throws<ProblemException>(() => editor.PlanVariable("NO", null)).Message);
    }

    [Fact]
    public void A_variable_that_several_lines_set_needs_the_line()
    {
        JobEditor editor = Editor("A=1\n@daily x\nA=2\n@daily y\n");
        Assert.Contains("1, 3", Assert.Throws<ProblemException>(() => editor.PlanVariable("A", "3")).Message);
        Assert.Equal("A=1\n@daily x\nA=3\n@daily y\n", After(editor.PlanVariable("A", "3", line: 3)));
    }

    [Fact]
    public void A_shell_that_could_not_start_the_wrapped_jobs_is_refused()
    {
        JobEditor editor = Editor("0 3 * * * /a exec --job-id 'b' -- /bin/sh -c 'x'\n");
        Assert.Contains("fish", Assert.Throws<ProblemException>(() => editor.PlanVariable("SHELL", "/usr/bin/fish")).Message);
        Assert.Contains(editor.PlanVariable("SHELL", "/bin/bash").Warnings, warning => warning.Contains("same shell", StringComparison.Ordinal));
    }

    [Fact]
    public void A_comment_is_added_changed_and_removed_and_never_becomes_a_mark()
    {
        JobEditor editor = Editor("#cc: name=N\n@daily x\n");
        string added = After(editor.PlanComment("see the wiki", 2));
        Assert.Equal("# see the wiki\n#cc: name=N\n@daily x\n", added);
        Assert.Equal("# other\n#cc: name=N\n@daily x\n", After(Editor(added).PlanCommentChange(1, "other")));
        Assert.Equal("#cc: name=N\n@daily x\n", After(Editor(added).PlanCommentChange(1, null)));
        Assert.Contains("name of the entry", Assert.Throws<ProblemException>(() => editor.PlanCommentChange(1, "x")).Message);
        Assert.Throws<ProblemException>(() => editor.PlanComment("#cc: name=M"));
        Assert.Throws<ProblemException>(() => editor.PlanComment("#cc-paused @daily y"));
        Assert.Throws<ProblemException>(() => editor.PlanComment("a\nb"));
    }

    [Fact]
    public void A_line_of_another_wrapper_gets_ours_and_keeps_its_id_its_command_and_the_flags_that_are_known()
    {
        JobEditor editor = Editor("@daily /opt/other exec --job-id 'nightly' --socket-path '/o' --timeout 5m --fancy --mail sometimes -- /bin/sh -c 'a b'\n", agent: true);
        ChangePlan plan = editor.PlanAdopt(Only(editor));
        Assert.Equal($"@daily {Agent} exec --job-id 'nightly' --socket-path '/var/lib/cc.sock' --timeout 5m -- /bin/sh -c 'a b'\n", After(plan));
        Assert.Contains(plan.Warnings, warning => warning.Contains("--fancy --mail sometimes", StringComparison.Ordinal));
        JobEditor adopted = Editor(After(plan), agent: true);
        Assert.Equal("@daily a b\n", After(adopted.PlanRelease(Only(adopted))));
    }

    [Fact]
    public void A_line_that_cron_cuts_is_said_to_be_broken_and_mended_only_when_asked()
    {
        JobEditor editor = Editor("@daily /opt/other exec --job-id 'd' -- /bin/sh -c 'date +%F'\n", agent: true);
        Assert.Contains("broken", Assert.Throws<ProblemException>(() => editor.PlanAdopt(Only(editor))).Message);
        ChangePlan plan = editor.PlanAdopt(Only(editor), mend: true);
        Assert.Equal($"@daily {Agent} exec --job-id 'd' --socket-path '/var/lib/cc.sock' -- /bin/sh -c 'date +\\%F'\n", After(plan));
        Assert.Contains(plan.Warnings, warning => warning.Contains("first time", StringComparison.Ordinal));
        Assert.Contains("Mend", Assert.Throws<ProblemException>(() => editor.PlanDuplicate(Only(editor))).Hint);
    }

    [Fact]
    public void A_copy_for_another_daemon_hands_the_shell_the_same_text_or_is_refused()
    {
        JobEditor from = Editor("#cc: tags=t name=N\n0 3 * * * echo 'a\\\\b' 50\\%\n0 4 * * * cat %in\n0~10 * * * * x\n");
        ChangePlan cronie = from.PlanCopy(from.Jobs.Jobs[0], Editor("# there\n", host: "web02", dialect: CronDialect.Cronie));
        Assert.Equal("# there\n#cc: tags=t name=N\n0 3 * * * echo 'a\\b' 50\\%\n", After(cronie));
        ChangePlan busybox = from.PlanCopy(from.Jobs.Jobs[0], Editor("", host: "web02", dialect: CronDialect.Busybox));
        Assert.Equal("#cc: tags=t name=N\n0 3 * * * echo 'a\\b' 50%\n", After(busybox));
        Assert.Contains("busybox", Assert.Throws<ProblemException>(() => from.PlanCopy(from.Jobs.Jobs[1], Editor("", host: "web02", dialect: CronDialect.Busybox))).Message);
        Assert.Contains("other times", Assert.Throws<ProblemException>(() => from.PlanCopy(from.Jobs.Jobs[2], Editor("", host: "web02", dialect: CronDialect.Cronie))).Message);
    }

    [Fact]
    public void What_differs_in_the_new_place_is_said_or_brought_along()
    {
        JobEditor from = Editor("PATH=/opt/bin\nLANG=C\n0 3 * * * x\n");
        JobEditor to = Editor("LANG=C\nMAILTO=ops\n0 5 * * * y", host: "web02", table: "bob");
        ChangePlan plan = from.PlanCopy(Only(from), to);
        Assert.Equal("LANG=C\nMAILTO=ops\n0 5 * * * y\n0 3 * * * x\n", After(plan));
        Assert.Equal(["MAILTO is not set now and will be \"ops\"", "PATH is \"/opt/bin\" now and will be not set"], plan.Warnings.Take(2));
        Assert.Contains("as bob, and no longer as alice", plan.Warnings[2]);
        Assert.Equal("LANG=C\nMAILTO=ops\n0 5 * * * y\nPATH=/opt/bin\n0 3 * * * x\n", After(from.PlanCopy(Only(from), to, new JobTransfer { BringVariables = true })));
    }

    [Fact]
    public void A_wrapped_job_takes_the_agent_of_its_new_place_and_without_one_is_refused_or_released()
    {
        JobEditor from = Editor("0 3 * * * /here/cc-agent exec --job-id 'b' --socket-path '/s' -- /bin/sh -c 'x'\n", agent: true);
        Assert.Equal($"0 3 * * * {Agent} exec --job-id 'b' --socket-path '/var/lib/cc.sock' -- /bin/sh -c 'x'\n", After(from.PlanCopy(Only(from), Editor("", agent: true, host: "web02"))));
        JobEditor without = Editor("", host: "web02");
        Assert.Contains("no agent", Assert.Throws<ProblemException>(() => from.PlanCopy(Only(from), without)).Message);
        ChangePlan released = from.PlanCopy(Only(from), without, new JobTransfer { MayRelease = true });
        Assert.Equal("0 3 * * * x\n", After(released));
        Assert.Contains(released.Warnings, warning => warning.Contains("not reported", StringComparison.Ordinal));
        JobEditor bash = Editor("SHELL=/bin/bash\n", host: "web02");
        Assert.Contains("/bin/bash", Assert.Throws<ProblemException>(() => from.PlanCopy(Only(from), bash, new JobTransfer { MayRelease = true })).Message);
    }

    [Fact]
    public void Another_users_job_is_not_wrapped_for_an_agent_that_is_a_users_own()
    {
        JobEditor bobs = Editor("@daily x\n", agent: true, table: "bob", socket: "/tmp/cc-agent-1000/cc-agent.sock");
        Assert.Contains("alice's own", Assert.Throws<ProblemException>(() => bobs.PlanAdopt(Only(bobs))).Message);
        Assert.Contains("alice's own", bobs.Preview(new JobDraft { Schedule = "@daily", Command = "y" }).Problem);
    }

    [Fact]
    public void A_job_moves_into_a_system_table_with_its_user_and_out_of_it_again()
    {
        JobEditor from = Editor("#cc: name=N\n#cc-paused 0 3 * * * x\n# end\n");
        JobEditor system = Editor("17 * * * *\troot\tcd /\n", table: "/etc/cron.d/app");
        JobMove move = from.PlanMove(Only(from), system);
        Assert.Equal("17 * * * *\troot\tcd /\n#cc: name=N\n#cc-paused 0 3 * * * alice x\n", After(move.Add));
        Assert.Equal("# end\n", After(move.Remove));
        Assert.Empty(move.Add.Warnings);

        JobEditor back = Editor(After(move.Add), table: "/etc/cron.d/app");
        Assert.Equal("# end\n#cc: name=N\n#cc-paused 0 3 * * * x\n", After(back.PlanMove(back.Jobs.Jobs[1], Editor(After(move.Remove))).Add));
        Assert.Contains("in the table of alice already", Assert.Throws<ProblemException>(() => from.PlanMove(Only(from), from)).Message);
    }

    [Fact]
    public void A_system_table_asks_for_a_user_and_takes_another_one_alone()
    {
        JobEditor editor = Editor("17 * * * *\troot  cd /\n", table: "/etc/crontab");
        Assert.Equal(DraftField.User, editor.Preview(new JobDraft { Schedule = "@daily", Command = "x" }).Field);
        Assert.Equal("17 * * * *\troot  cd /\n@daily www-data x\n", After(editor.Plan(new JobDraft { Schedule = "@daily", Command = "x", User = "www-data" })));
        Assert.Equal("17 * * * *\twww-data  cd /\n", After(editor.Plan(JobDraft.From(Only(editor)) with { User = "www-data" }, Only(editor))));
    }

    [Fact]
    public void Tags_are_written_beside_the_name_and_only_when_given()
    {
        JobEditor editor = Editor("0 3 * * * x\n");
        ChangePlan tagged = editor.Plan(JobDraft.From(Only(editor)) with { Tags = ["db", "night"] }, Only(editor));
        Assert.Equal("#cc: tags=db,night\n0 3 * * * x\n", After(tagged));
        JobEditor again = Editor(After(tagged));
        Assert.Equal("0 3 * * * x\n", After(again.Plan(JobDraft.From(Only(again)) with { Tags = [] }, Only(again))));
        Assert.True(again.Plan(JobDraft.From(Only(again)) with { Tags = null }, Only(again)).IsEmpty);
    }

    [Fact]
    public void What_is_left_of_the_budget_counts_the_wrapped_line_for_each_daemon()
    {
        foreach (CronDialect dialect in (CronDialect[])[CronDialect.Debian, CronDialect.Cronie])
        {
            JobEditor editor = Editor("", agent: true, dialect: dialect);
            JobDraft draft = new() { Schedule = "@daily", Command = "echo 50%", JobId = "j" };
            int left = editor.Preview(draft).BytesLeft;
            Assert.Equal(CommandBudget.Limit(dialect) - $"{Agent} exec --job-id 'j' --socket-path '/var/lib/cc.sock' -- /bin/sh -c 'echo 50\\%'".Length, left);
            JobDraft full = draft with { Command = draft.Command + new string('x', left) };
            Assert.Equal((0, true), (editor.Preview(full).BytesLeft, editor.Preview(full).IsValid));
            Assert.Contains("longer than", Assert.Throws<ProblemException>(() => editor.Plan(full with { Command = full.Command + "x" })).Message);
        }

        JobEditor long_ = Editor($"@daily {new string('x', CommandBudget.CronieLimit - 10)}\n", agent: true, dialect: CronDialect.Cronie);
        Assert.Contains("too long", Assert.Throws<ProblemException>(() => long_.PlanAdopt(Only(long_))).Message);
    }

    [Fact]
    public void A_collision_and_a_change_of_the_clock_are_said_before_they_happen()
    {
        JobEditor editor = Editor("#cc: name=Backup\n30 2 * * * x\n*/5 * * * * often\n", zone: "Europe/Berlin");
        IReadOnlyList<string> warnings = editor.Preview(new JobDraft { Schedule = "30 2 * * *", Command = "y" }).Warnings;
        Assert.Contains(warnings, warning => warning.StartsWith("At ", StringComparison.Ordinal) && warning.EndsWith("another job starts too: Backup", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("the clock goes from 02:00 to 03:00", StringComparison.Ordinal));
        Assert.Empty(editor.Preview(new JobDraft { Schedule = "35 4 * * *", Command = "y" }).Warnings);
        Assert.DoesNotContain(editor.Preview(JobDraft.From(editor.Jobs.Jobs[0]), editor.Jobs.Jobs[0]).Warnings, warning => warning.Contains("another job", StringComparison.Ordinal));
    }

    private static Job Only(JobEditor editor) => Assert.Single(editor.Jobs.Jobs);

    private static string After(ChangePlan plan) => Encoding.Latin1.GetString(plan.After.Span);

    private static JobEditor Editor(
        string text, bool agent = false, string host = "web01", string table = "alice", CronDialect dialect = CronDialect.Debian,
        string socket = "/var/lib/cc.sock", string zone = "UTC") => new(
        new HostEntry { Name = host, Destination = host },
        new HostFacts
        {
            User = "alice",
            Dialect = dialect,
            Daemon = "cron",
            Zone = TimeZoneInfo.FindSystemTimeZoneById(zone),
            AgentVersion = agent ? "0.1.0" : null,
            AgentPath = agent ? Agent : null,
            SocketPath = agent ? socket : null,
        },
        new TableSnapshot(TableId.Parse(table), text.Length > 0, Encoding.Latin1.GetBytes(text), dialect, DateTimeOffset.UnixEpoch), table == "alice", new StandingTime());

    // On some days other things are said: where the clock goes that very day, or twice within the year that is looked ahead to.
    private sealed class StandingTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    }
}
