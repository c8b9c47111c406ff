using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Jobs;
using CcConsole.Store.Hosts;
using Xunit;

namespace CcConsole.Fleet.Tests.Jobs;

public sealed class JobMoveTests : IAsyncDisposable
{
    private const string Source = "# mine\n#cc: name=Backup\n0 3 * * *  /bin/backup --all\n@daily other\n";
    private readonly TestFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task A_job_is_in_its_new_place_and_nowhere_else_and_each_half_can_be_undone()
    {
        FleetControl control = Open();
        JobMove move = await PlanAsync(control);
        JobMoveResult result = await move.ApplyAsync(control.Changes);
        Assert.True(result.IsMoved, result.Problem);
        Assert.Equal("# theirs\n#cc: name=Backup\n0 3 * * * /bin/backup --all\n", _fleet.Table("web02"));
        Assert.Equal("# mine\n@daily other\n", _fleet.Table("web01"));

        await control.Changes.ApplyAsync(await control.Changes.PlanUndoAsync(result.Removed!.Change));
        await control.Changes.ApplyAsync(await control.Changes.PlanUndoAsync(result.Added.Change));
        Assert.Equal(Source, _fleet.Table("web01"));
        Assert.Equal("# theirs\n", _fleet.Table("web02"));
    }

    [Fact]
    public async Task A_destination_that_refuses_leaves_the_job_where_it_was()
    {
        FleetControl control = Open();
        JobMove move = await PlanAsync(control);
        File.WriteAllText(Path.Combine(_fleet.Home("web02"), "full"), "");
        JobMoveResult result = await move.ApplyAsync(control.Changes);
        Assert.False(result.IsMoved);
        Assert.Null(result.Removed);
        Assert.Equal(Source, _fleet.Table("web01"));
        Assert.Equal("# theirs\n", _fleet.Table("web02"));
    }

    [Fact]
    public async Task A_source_that_was_changed_meanwhile_leaves_the_job_in_both_places_and_says_so()
    {
        FleetControl control = Open();
        JobMove move = await PlanAsync(control);
        File.AppendAllText(_fleet.TablePath("web01"), "# someone else\n");
        JobMoveResult result = await move.ApplyAsync(control.Changes);
        Assert.False(result.IsMoved);
        Assert.Equal(Source + "# someone else\n", _fleet.Table("web01"));
        Assert.Contains("/bin/backup", _fleet.Table("web02"));
        Assert.Contains("in both tables now", result.Problem);
        Assert.Contains("cc-console job remove web01", result.Hint);
        Assert.Contains($"undo change {result.Added.Change}", result.Hint);
    }

    [Fact]
    public async Task A_source_that_is_not_reached_any_more_leaves_the_job_in_both_places_and_says_so()
    {
        FaultyShell? shell = null;
        _fleet.Wraps["web01"] = inner => shell = new FaultyShell(inner);
        FleetControl control = Open();
        JobMove move = await PlanAsync(control);
        shell!.Before = (_, _) => FaultyShell.Refused("web01");
        JobMoveResult result = await move.ApplyAsync(control.Changes);
        Assert.False(result.IsMoved);
        Assert.Equal(Source, _fleet.Table("web01"));
        Assert.Contains("/bin/backup", _fleet.Table("web02"));
        Assert.Contains("in both tables now", result.Problem);
    }

    [Fact]
    public async Task A_job_is_found_in_the_only_table_that_is_known_to_have_it()
    {
        FleetControl control = Open();
        JobEditor own = await control.Jobs.OpenAsync("web01");
        control.Cache.Hosts.SaveTable(new HostTable("web01", "bob", "@daily only-bobs\n@hourly both\n@daily other\n"u8.ToArray(), DateTimeOffset.UtcNow));
        (JobEditor table, Job job) = await control.Jobs.FindAsync("web01", "backup");
        Assert.Equal((own.Table.Id, "Backup"), (table.Table.Id, job.Name));

        // The same line in two tables has the same id in both.
        string id = own.Jobs.Jobs[1].Id;
        ProblemException problem = await Assert.ThrowsAsync<ProblemException>(() => control.Jobs.FindAsync("web01", id));
        Assert.Contains("2 tables", problem.Message);
        Assert.Contains("--table", problem.Hint);
        Assert.Equal(id, (await control.Jobs.FindAsync("web01", id, own.Table.Id)).Job.Id);
        Assert.Contains("No job", (await Assert.ThrowsAsync<ProblemException>(() => control.Jobs.FindAsync("web01", "nothing"))).Message);
    }

    [Fact]
    public async Task A_read_only_console_moves_nothing()
    {
        FleetControl control = Open(readOnly: true);
        JobMove move = await PlanAsync(control);
        await Assert.ThrowsAsync<ProblemException>(() => move.ApplyAsync(control.Changes));
        Assert.Equal((Source, "# theirs\n"), (_fleet.Table("web01"), _fleet.Table("web02")));
    }

    [Fact]
    public async Task An_undo_that_was_undone_leaves_the_change_to_be_undone_again()
    {
        FleetControl control = Open();
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        await control.Changes.ApplyAsync(editor.PlanRemove(editor.Jobs.Jobs[0]));
        for (int round = 0; round < 3; round++)
        {
            long undo = (await control.Changes.ApplyAsync(await control.Changes.PlanUndoAsync())).Change!.Value;
            Assert.Equal(Source, _fleet.Table("web01"));
            Assert.Contains("no change to undo", (await Assert.ThrowsAsync<ProblemException>(() => control.Changes.PlanUndoAsync())).Message);
            await control.Changes.ApplyAsync(await control.Changes.PlanUndoAsync(undo));
            Assert.Equal("# mine\n@daily other\n", _fleet.Table("web01"));
        }
    }

    private FleetControl Open(bool readOnly = false)
    {
        FleetControl editing = _fleet.Open();
        editing.Hosts.Add(_fleet.MakeHost("web01", Source));
        editing.Hosts.Add(_fleet.MakeHost("web02", "# theirs\n"));
        return readOnly ? _fleet.Open(readOnly: true) : editing;
    }

    private static async Task<JobMove> PlanAsync(FleetControl control)
    {
        JobEditor from = await control.Jobs.OpenAsync("web01");
        return from.PlanMove(from.Jobs.Jobs[0], await control.Jobs.OpenAsync("web02"));
    }
}
