using System.Text;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;
using CcConsole.Ssh;
using CcConsole.Store.Changes;
using Xunit;

namespace CcConsole.Fleet.Tests.Changes;

public sealed class ChangeOperationsTests : IAsyncDisposable
{
    private const string Table = "# mine\n0 3 * * *   /bin/backup  --all\nbroken line\n\tLANG=C\n";
    private readonly TestFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    private static JobDraft Draft => new() { Schedule = "*/5 * * * *", Command = "echo 'it''s 50%' \\ done" };

    /// <summary>Notes a change as if the console were about to send it.</summary>
    private static ChangeRecord Begin(FleetControl control, ChangePlan plan) => control.Cache.Changes.Begin(new ChangeRecord
    {
        Host = plan.Host,
        Table = plan.Table.Name,
        Before = plan.Before,
        After = plan.After,
        Description = plan.Description,
        Actor = "alice",
        BegunAt = DateTimeOffset.UtcNow,
    });

    [Fact]
    public async Task A_plan_is_applied_byte_for_byte_and_undone_and_the_undo_undone()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await control.Jobs.OpenAsync("web01")).Plan(Draft);
        Assert.Equal(Table, Encoding.UTF8.GetString(plan.Before.Span));

        ChangeResult result = await control.Changes.ApplyAsync(plan);
        Assert.True(result.IsApplied, result.Message);
        string after = _fleet.Table("web01");
        Assert.Equal(Table + "*/5 * * * * echo 'it''s 50\\%' \\ done\n", after);
        Assert.Equal(Encoding.UTF8.GetBytes(after), result.Current!.Value.ToArray());

        ChangeResult undone = await control.Changes.ApplyAsync(await control.Changes.PlanUndoAsync());
        Assert.True(undone.IsApplied, undone.Message);
        Assert.Equal(Table, _fleet.Table("web01"));
        Assert.Equal(undone.Change, control.Changes.Find(result.Change!.Value)!.UndoneBy);

        ChangeResult again = await control.Changes.ApplyAsync(await control.Changes.PlanUndoAsync(undone.Change));
        Assert.True(again.IsApplied, again.Message);
        Assert.Equal(after, _fleet.Table("web01"));
    }

    [Fact]
    public async Task A_table_without_a_final_line_feed_is_undone_to_one_that_crontab_installs()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", "0 5 * * * true"));
        await control.Changes.ApplyAsync((await control.Jobs.OpenAsync("web01")).Plan(Draft));

        ChangeResult undone = await control.Changes.ApplyAsync(await control.Changes.PlanUndoAsync());

        Assert.True(undone.IsApplied, undone.Message);
        Assert.Equal("0 5 * * * true\n", _fleet.Table("web01"));
    }

    [Fact]
    public async Task A_host_without_a_table_gets_one()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01"));
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        Assert.False(editor.Table.Exists);
        ChangeResult result = await control.Changes.ApplyAsync(editor.Plan(Draft with { Command = "true", Name = "Nothing" }));
        Assert.True(result.IsApplied, result.Message);
        Assert.Equal("#cc: name=Nothing\n*/5 * * * * true\n", _fleet.Table("web01"));
    }

    [Fact]
    public async Task A_table_that_someone_changed_meanwhile_is_left_alone_and_both_versions_are_told()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await control.Jobs.OpenAsync("web01")).Plan(Draft);
        File.AppendAllText(_fleet.TablePath("web01"), "# theirs\n");

        ChangeResult result = await control.Changes.ApplyAsync(plan);
        Assert.Equal(ChangeOutcome.Refused, result.Outcome);
        Assert.True(result.IsConflict);
        Assert.Equal(Table + "# theirs\n", Encoding.UTF8.GetString(result.Current!.Value.Span));
        Assert.Equal(Table + "# theirs\n", _fleet.Table("web01"));
        Assert.Contains("someone else", result.Message);
        Assert.Equal(ChangeOutcome.Refused, control.Changes.Find(result.Change!.Value)!.Outcome);
    }

    [Fact]
    public async Task A_write_that_cron_refuses_changes_nothing_and_says_why()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await control.Jobs.OpenAsync("web01")).Plan(Draft);
        File.WriteAllText(Path.Combine(_fleet.Home("web01"), "full"), "");
        ChangeResult result = await control.Changes.ApplyAsync(plan);
        Assert.Equal(ChangeOutcome.Refused, result.Outcome);
        Assert.False(result.IsConflict);
        Assert.Contains("No space left", result.Message);
        Assert.Null(result.Displaced);
        Assert.Equal(Table, _fleet.Table("web01"));
    }

    [Fact]
    public async Task What_another_editor_writes_within_the_write_is_kept_though_the_old_table_is_put_back()
    {
        await using TestFleet fleet = new();
        FleetControl control = fleet.Open();
        control.Hosts.Add(fleet.MakeHost("web01", "0 4 * * * old\n"));
        // The other one's table is there when ours is read back.
        File.WriteAllText(Path.Combine(fleet.Home("web01"), "rival"), "0 4 * * * old\n1 5 * * * theirs\n");
        ChangePlan plan = (await control.Jobs.OpenAsync("web01")).Plan(new JobDraft { Schedule = "@daily", Command = "ours", Wrapped = false });
        ChangeResult result = await control.Changes.ApplyAsync(plan);

        Assert.Equal(ChangeOutcome.Refused, result.Outcome);
        Assert.Equal("0 4 * * * old\n", File.ReadAllText(fleet.TablePath("web01")));
        Assert.Equal("0 4 * * * old\n1 5 * * * theirs\n"u8.ToArray(), result.Displaced!.Value.ToArray());
        ChangeRecord kept = control.Changes.List()[0];
        Assert.Contains($"kept as change {kept.Id}", result.Message, StringComparison.Ordinal);
        Assert.Contains($"change show {kept.Id}", result.Hint, StringComparison.Ordinal);
        Assert.Equal(result.Displaced!.Value.ToArray(), kept.After.ToArray());
        Assert.Equal(ChangeOutcome.Refused, kept.Outcome);
        Assert.DoesNotContain("nothing was changed", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_that_fails_is_never_an_empty_table()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        File.WriteAllText(Path.Combine(_fleet.Home("web01"), "refuse"), "");
        ProblemException problem = await Assert.ThrowsAsync<ProblemException>(() => control.Jobs.OpenAsync("web01"));
        Assert.Contains("may not use crontab", problem.Message);
    }

    [Theory]
    [InlineData(false, ChangeOutcome.Failed)]
    [InlineData(true, ChangeOutcome.Applied)]
    public async Task After_a_connection_that_was_cut_in_the_write_the_table_is_read_to_learn_which_it_is(bool written, ChangeOutcome expected)
    {
        FaultyShell? shell = null;
        _fleet.Wraps["web01"] = inner => shell = new FaultyShell(inner);
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await control.Jobs.OpenAsync("web01")).Plan(Draft);
        HostProblemException? Cut(string command, ReadOnlyMemory<byte> input) => input.Length > 0 ? FaultyShell.Lost("web01") : null;
        if (written)
        {
            shell!.After = Cut;
        }
        else
        {
            shell!.Before = Cut;
        }

        ChangeResult result = await control.Changes.ApplyAsync(plan);
        Assert.Equal(expected, result.Outcome);
        Assert.Contains("connection was lost", result.Message);
        Assert.Equal(written ? plan.After.ToArray() : plan.Before.ToArray(), File.ReadAllBytes(_fleet.TablePath("web01")));
        Assert.Equal(expected, control.Changes.Find(result.Change!.Value)!.Outcome);
    }

    [Fact]
    public async Task A_host_that_is_gone_after_the_write_leaves_the_end_unknown_until_it_is_back()
    {
        FaultyShell? shell = null;
        _fleet.Wraps["web01"] = inner => shell = new FaultyShell(inner);
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await control.Jobs.OpenAsync("web01")).Plan(Draft);
        bool gone = false;
        shell!.After = (_, input) => input.Length > 0 && (gone = true) ? FaultyShell.Lost("web01") : null;
        shell.Before = (_, _) => gone ? FaultyShell.Refused("web01") : null;

        ChangeResult result = await control.Changes.ApplyAsync(plan);
        Assert.Equal(ChangeOutcome.Unknown, result.Outcome);
        Assert.Null(result.Current);
        Assert.Equal(result.Change, Assert.Single(control.Changes.Unfinished()).Id);

        gone = false;
        Assert.Equal(ChangeOutcome.Applied, (await control.Changes.SettleAsync(result.Change!.Value)).Outcome);
        Assert.Empty(control.Changes.Unfinished());
    }

    [Fact]
    public async Task What_was_read_is_kept_though_a_change_whose_end_is_unknown_was_noted_meanwhile()
    {
        FaultyShell? shell = null;
        _fleet.Wraps["web01"] = inner => shell = new FaultyShell(inner);
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await control.Jobs.OpenAsync("web01")).Plan(Draft);
        File.AppendAllText(_fleet.TablePath("web01"), "# theirs\n");
        ChangeResult? result = null;
        // Once the table is read, and before it is kept.
        shell!.After = (_, _) =>
        {
            shell.After = (_, _) => null;
            shell.Before = (_, _) => FaultyShell.Lost("web01");
            result = Task.Run(() => control.Changes.ApplyAsync(plan)).GetAwaiter().GetResult();
            return null;
        };

        await control.Jobs.OpenAsync("web01");

        Assert.Equal(ChangeOutcome.Unknown, result?.Outcome);
        Assert.Null(result!.Current);
        Assert.Equal(Table + "# theirs\n", Encoding.UTF8.GetString(Assert.Single(control.Cache.Hosts.Tables("web01")).Bytes.Span));
    }

    [Theory]
    [InlineData(false, ChangeOutcome.Failed)]
    [InlineData(true, ChangeOutcome.Applied)]
    public async Task What_a_console_left_that_died_is_settled_by_the_next_one_and_not_while_it_lives(bool written, ChangeOutcome expected)
    {
        FleetControl dead = _fleet.Open();
        dead.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await dead.Jobs.OpenAsync("web01")).Plan(Draft);
        ChangeRecord begun = Begin(dead, plan);
        if (written)
        {
            File.WriteAllBytes(_fleet.TablePath("web01"), plan.After.ToArray());
        }

        FleetControl control = _fleet.Open();
        List<ChangeRecord> settled = [];
        control.Changes.Settled += settled.Add;
        await control.Jobs.OpenAsync("web01");
        Assert.Empty(settled);
        Assert.True(Assert.Single(control.Changes.Unfinished()).IsRunning);
        await dead.DisposeAsync();

        await _fleet.Open(readOnly: true).Jobs.OpenAsync("web01");
        Assert.Single(control.Changes.Unfinished());
        await control.Jobs.OpenAsync("web01");
        Assert.Equal((begun.Id, expected), (Assert.Single(settled).Id, settled[0].Outcome));
        Assert.Equal(expected, control.Changes.Find(begun.Id)!.Outcome);
        Assert.Empty(control.Changes.Unfinished());
    }

    [Fact]
    public async Task A_change_that_was_made_is_told_as_made_though_the_journal_refuses_to_note_it()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await control.Jobs.OpenAsync("web01")).Plan(Draft);
        await using (await _fleet.SqlAsync("CREATE TRIGGER full BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'no room'); END", "DROP TRIGGER full"))
        {
            ChangeResult result = await control.Changes.ApplyAsync(plan);

            Assert.True(result.IsApplied, result.Message);
            Assert.Contains("could not be noted", result.Message);
            Assert.Equal(plan.After.ToArray(), File.ReadAllBytes(_fleet.TablePath("web01")));
            Assert.Equal(result.Change, Assert.Single(control.Changes.Unfinished()).Id);
        }

        await control.DisposeAsync();
        FleetControl next = _fleet.Open();
        await next.Jobs.OpenAsync("web01");
        Assert.Equal(ChangeOutcome.Applied, Assert.Single(next.Changes.List()).Outcome);
    }

    [Fact]
    public async Task The_last_change_is_undone_though_a_host_is_away_that_has_an_older_one_without_an_end()
    {
        bool gone = false;
        _fleet.Wraps["gone"] = inner => new FaultyShell(inner)
        {
            After = (_, input) => input.Length > 0 && (gone = true) ? FaultyShell.Lost("gone") : null,
            Before = (_, _) => gone ? FaultyShell.Refused("gone") : null,
        };
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("gone", Table));
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangeResult cut = await control.Changes.ApplyAsync((await control.Jobs.OpenAsync("gone")).Plan(Draft));
        Assert.False(cut.IsSettled);
        // The older one is not known to be the last, so as long as it is it must be asked for.
        await Assert.ThrowsAnyAsync<ProblemException>(() => control.Changes.PlanUndoAsync());

        ChangeResult made = await control.Changes.ApplyAsync((await control.Jobs.OpenAsync("web01")).Plan(Draft));
        ChangePlan undo = await control.Changes.PlanUndoAsync();

        Assert.Equal(made.Change, undo.Undoes);
    }

    [Fact]
    public async Task A_read_only_console_settles_nothing_when_it_is_asked_to_either()
    {
        FleetControl dead = _fleet.Open();
        dead.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await dead.Jobs.OpenAsync("web01")).Plan(Draft);
        ChangeRecord begun = Begin(dead, plan);
        await dead.DisposeAsync();

        FleetControl control = _fleet.Open(readOnly: true);
        Assert.Contains("read-only", (await Assert.ThrowsAsync<ProblemException>(() => control.Changes.SettleAsync(begun.Id))).Message);
        Assert.Null(control.Changes.Find(begun.Id)!.Outcome);
    }

    [Fact]
    public async Task A_host_that_refuses_before_anything_is_sent_leaves_no_doubt()
    {
        FaultyShell? shell = null;
        _fleet.Wraps["web01"] = inner => shell = new FaultyShell(inner);
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        ChangePlan plan = (await control.Jobs.OpenAsync("web01")).Plan(Draft);
        shell!.Before = (_, _) => FaultyShell.Refused("web01");
        ChangeResult result = await control.Changes.ApplyAsync(plan);
        Assert.Equal(ChangeOutcome.Refused, result.Outcome);
        Assert.Equal("Is sshd running there?", result.Hint);
        Assert.Equal(Table, _fleet.Table("web01"));
    }

    [Fact]
    public async Task An_undo_of_a_table_that_was_changed_again_is_refused()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", Table));
        await control.Changes.ApplyAsync((await control.Jobs.OpenAsync("web01")).Plan(Draft));
        File.AppendAllText(_fleet.TablePath("web01"), "# later\n");
        Assert.Contains("changed again", (await Assert.ThrowsAsync<ProblemException>(() => control.Changes.PlanUndoAsync())).Message);
        await Assert.ThrowsAsync<ProblemException>(() => control.Changes.PlanUndoAsync(99));
    }

    [Fact]
    public async Task A_read_only_console_refuses_every_change_and_still_reads()
    {
        FleetControl writing = _fleet.Open();
        writing.Hosts.Add(_fleet.MakeHost("web01", Table));
        FleetControl control = _fleet.Open(readOnly: true);
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        Job job = editor.Jobs.Jobs[0];
        ChangePlan plan = editor.PlanPause(job);

        Assert.Contains("read-only", (await Assert.ThrowsAsync<ProblemException>(() => control.Changes.ApplyAsync(plan))).Message);
        Assert.Throws<ProblemException>(() => control.Hosts.Add(_fleet.MakeHost("web02")));
        await Assert.ThrowsAsync<ProblemException>(() => control.Hosts.RemoveAsync("web01"));
        await Assert.ThrowsAsync<ProblemException>(() => control.Hosts.AcceptKeyAsync("web01", "SHA256:x"));
        Assert.Throws<ProblemException>(() => control.Audit.Resolve("web01"));
        await Assert.ThrowsAsync<ProblemException>(async () =>
        {
            await foreach (RunEvent _ in control.Jobs.RunAsync(editor, job))
            {
            }
        });
        Assert.Equal(Table, _fleet.Table("web01"));
        Assert.Empty(control.Changes.List());
        Assert.Equal("web01", Assert.Single(control.Hosts.List()).Name);
    }
}
