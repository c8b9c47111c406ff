using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class JobsScreenTests : IAsyncDisposable
{
    private const string Table = """
        MAILTO=ops
        #cc: name=nightly
        0 3 * * * /usr/bin/cc-agent exec --job-id 'backup' -- /bin/sh -c '/opt/backup --all'
        */5 * * * * echo hello from the job; echo and an error >&2; exit 3
        this is no entry

        """;

    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Theory]
    [InlineData(120, 40)]
    [InlineData(80, 24)]
    public async Task The_jobs_of_a_host_are_rows_also_those_that_do_not_parse(int width, int height)
    {
        for (var i = 0; i < 14; i++)
            _fleet.Report("web01", "backup", i % 5 == 0 ? 1 : 0, TimeSpan.FromDays(14 - i) - TimeSpan.FromHours(3));
        _fleet.Known("web01", Table, TimeSpan.FromMinutes(12), "web01 refuses the connection");
        _fleet.Down.Add("web01");
        var screen = await _fleet.Start(width, height).Press("Enter").WaitUntilIdle();
        StoredScreen.Check($"jobs-{width}x{height}", screen.Text);
    }

    [Fact]
    public async Task A_job_that_fails_says_so_in_its_row_and_the_list_not_once_more_above_it()
    {
        _fleet.Report("web01", "backup", 1, TimeSpan.FromHours(11));
        var screen = await JobsAsync();
        Assert.Contains("✗ fail     nightly", screen.Text);
        Assert.DoesNotContain("failed: nightly", screen.Text);
        screen.Press("1");
        Assert.Contains("failed: nightly", screen.Text);
    }

    [Fact]
    public async Task A_run_that_was_refused_is_no_success_and_no_failure_and_one_that_was_lost_says_so()
    {
        _fleet.Report("web01", "backup", -1, TimeSpan.FromHours(9.7), lost: true).Report("web01", "backup", 0, TimeSpan.FromHours(9.5))
            .Report("web01", "backup", 0, TimeSpan.FromHours(9), refused: "overlap");
        _fleet.Host("web01", Table);
        var screen = await (await _fleet.VisitAsync()).Start(200, 40).Press("Enter").WaitForText("Jobs[3]");
        Assert.Contains("✓ ok       nightly", screen.Text);
        Assert.Contains("9h overlap", screen.Text);
        Assert.Contains("?✓–", screen.Text);
        Assert.Contains("not begun: the run before was still going", screen.Text);
        Assert.DoesNotContain("exit code", screen.Text);

        _fleet.Report("web01", "backup", -1, TimeSpan.FromHours(8), lost: true);
        screen.Press("r");
        await screen.WaitForText("8h lost");
        Assert.Contains("✗ fail     nightly", screen.Text);
        Assert.Contains("?✓–?", screen.Text);
    }

    [Fact]
    public async Task A_job_is_paused_and_resumed_as_a_reviewed_plan_and_undone()
    {
        var screen = await JobsAsync();
        screen.Press("j", "p");
        await screen.WaitForText("Apply");
        Assert.Contains("- */5 * * * * echo hello", screen.Text);
        Assert.Equal(Table, _fleet.Table("web01"));
        screen.Press("Enter");
        await screen.WaitForText("crontab written, verified");
        Assert.Contains("\n#", _fleet.Table("web01"));
        await screen.WaitForText("– off");
        screen.Advance(TimeSpan.FromSeconds(5));
        screen.Press("u");
        await screen.WaitForText("undo change 1");
        screen.Press("Enter");
        await screen.WaitForText("crontab written, verified");
        Assert.Equal(Table, _fleet.Table("web01"));
    }

    [Fact]
    public async Task A_plan_that_is_not_confirmed_changes_nothing()
    {
        var screen = await JobsAsync();
        screen.Press("x");
        await screen.WaitForText("Apply");
        screen.Press("Esc");
        Assert.Equal(Table, _fleet.Table("web01"));
        Assert.Empty(_fleet.Control.Changes.List());
    }

    [Fact]
    public async Task A_job_is_removed_with_its_name_and_nothing_else()
    {
        var screen = await JobsAsync();
        screen.Press("Del");
        await screen.WaitForText("Apply");
        screen.Press("Enter");
        await screen.WaitForText("crontab written, verified");
        Assert.Equal("MAILTO=ops\n*/5 * * * * echo hello from the job; echo and an error >&2; exit 3\nthis is no entry\n", _fleet.Table("web01"));
    }

    [Fact]
    public async Task A_production_host_asks_for_its_name()
    {
        var screen = await JobsAsync("prod");
        screen.Press("x");
        await screen.WaitForText("tagged prod");
        screen.Press("Enter");
        Assert.Equal(Table, _fleet.Table("web01"));
        screen.Type("web01").Press("Enter");
        await screen.WaitForText("crontab written, verified");
        Assert.DoesNotContain("backup", _fleet.Table("web01"));
    }

    [Fact]
    public async Task What_someone_else_wrote_meanwhile_is_never_overwritten_and_is_shown()
    {
        var screen = await JobsAsync();
        screen.Press("j", "x");
        await screen.WaitForText("Apply");
        _fleet.SetTable("web01", Table + "1 1 1 1 1 /opt/theirs\n");
        screen.Press("Enter");
        await screen.WaitForText("web01 changed meanwhile");
        Assert.Contains("theirs  1 1 1 1 1 /opt/theirs", screen.Text);
        Assert.Contains("before  */5 * * * * echo hello", screen.Text);
        Assert.Contains("theirs  (as before)", screen.Text);
        Assert.Contains("yours   (removed)", screen.Text);
        Assert.Equal(Table + "1 1 1 1 1 /opt/theirs\n", _fleet.Table("web01"));
    }

    [Fact]
    public async Task A_job_runs_now_with_its_output_live()
    {
        var screen = await JobsAsync();
        screen.Press("j", "t");
        await screen.WaitForText("Run echo hello");
        screen.Press("Enter");
        await screen.WaitForText("exit 3 after");
        Assert.Contains("hello from the job", screen.Text);
        Assert.Contains("and an error", screen.Text);
        screen.Press("Esc");
        await screen.WaitForText("Jobs[3]");
    }

    [Fact]
    public async Task A_run_is_stopped_and_leaving_it_asks()
    {
        _fleet.Host("web01", "* * * * * echo started; exec sleep 60\n");
        var screen = await (await _fleet.VisitAsync()).Start().Press("Enter").WaitForText("Jobs[1]");
        screen.Press("t");
        await screen.WaitForText("now, as");
        screen.Press("Enter");
        await screen.WaitForText("started");
        screen.Press("Esc");
        Assert.Contains("Stop the run?", screen.Text);
        screen.Press("Esc").Press("1");
        Assert.Contains("still runs", screen.Text);
        screen.Press("x");
        await screen.WaitForText("stopped from here");
    }

    [Fact]
    public async Task A_line_that_does_not_parse_says_why_and_cannot_be_run()
    {
        var screen = await JobsAsync();
        screen.Press("G", "t");
        Assert.Contains("run now: the line does not parse", screen.Text);
    }

    [Fact]
    public async Task A_plain_line_cannot_be_adopted_where_there_is_no_agent()
    {
        var screen = await JobsAsync();
        screen.Press("j", "a");
        Assert.Contains("adopt: the host has no agent", screen.Text);
    }

    [Fact]
    public async Task What_others_change_is_drift_until_it_was_looked_at()
    {
        var screen = await JobsAsync();
        screen.Press("d");
        Assert.Contains("drift: nothing was changed", screen.Text);
        _fleet.SetTable("web01", Table + "1 1 1 1 1 /opt/theirs\n");
        screen.Press("r");
        await screen.WaitForText("± /opt/theirs");
        Assert.Contains("± drift: 1 table was changed on web01 since last seen here", screen.Text);
        screen.Press("1");
        Assert.Contains("± drift", screen.Text);
        screen.Press("Enter");
        await screen.WaitForText("Jobs[4]");
        screen.Press("d");
        await screen.WaitForText("+ 1 1 1 1 1 /opt/theirs");
        screen.Press("Enter");
        await screen.WaitUntilIdle();
        await screen.WaitForText("? unknown  /opt/theirs");
        Assert.DoesNotContain("±", screen.Text);
    }

    [Fact]
    public async Task Who_asks_while_the_tables_are_being_read_is_shown_what_is_true_now()
    {
        await _fleet.Host("web01", Table).VisitAsync();
        var (read, go) = Hold();
        var screen = _fleet.Start(100, 30).Press("Enter");
        await read;
        _fleet.SetTable("web01", Table + "1 1 1 1 1 /opt/theirs\n");
        screen.Press("r");
        go.SetResult();
        await screen.WaitForText("Jobs[4]");
    }

    [Fact]
    public async Task What_was_read_before_a_change_does_not_come_back_after_it()
    {
        var screen = await (await JobsAsync()).WaitUntilIdle();
        var (read, go) = Hold();
        var visit = _fleet.VisitAsync();
        await read;
        screen.Press("j", "p");
        await screen.WaitForText("Apply");
        screen.Press("Enter");
        await screen.WaitForText("– off");
        go.SetResult();
        await visit;
        Assert.Contains("– off", screen.Settle().Text);
    }

    /// <summary>Holds back the next answer of a host.</summary>
    private (Task Read, TaskCompletionSource Go) Hold()
    {
        TaskCompletionSource read = new(), go = new();
        _fleet.BeforeAnswer = () =>
        {
            _fleet.BeforeAnswer = null;
            read.SetResult();
            return go.Task;
        };
        return (read.Task.WaitAsync(TimeSpan.FromMinutes(1)), go);
    }

    [Fact]
    public async Task What_is_changed_from_here_is_no_drift()
    {
        var screen = await JobsAsync();
        screen.Press("j", "p");
        await screen.WaitForText("Apply");
        screen.Press("Enter");
        await screen.WaitForText("– off");
        Assert.DoesNotContain("drift", screen.Text);
    }

    [Fact]
    public async Task A_name_with_control_characters_never_reaches_the_terminal()
    {
        _fleet.Host("web01", "0 3 * * * echo \e[2J\a \u202e\n");
        var screen = await (await _fleet.VisitAsync()).Start(120, 30).Press("Enter").WaitForText("Jobs[1]");
        Assert.Contains("echo ␛[2J␇ ⇠", screen.Text);
    }

    [Fact]
    public async Task What_is_known_stays_when_the_host_is_gone_and_an_action_says_why_it_failed()
    {
        await _fleet.Host("web01", Table).VisitAsync();
        var screen = _fleet.Start();
        _fleet.Down.Add("web01");
        screen.Press("Enter");
        Assert.Contains("Jobs[3]", screen.Text);
        screen.Press("e");
        await screen.WaitForText("Check that sshd runs there.");
        Assert.Contains("Jobs[3]", screen.Text);
    }

    private async Task<ScreenDriver> JobsAsync(params string[] tags)
    {
        _fleet.Host("web01", Table, tags);
        return await (await _fleet.VisitAsync()).Start(100, 30).Press("Enter").WaitForText("Jobs[3]");
    }
}
