using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>What is done to many jobs, tables and hosts at once.</summary>
public sealed class ManyJobsTests : IAsyncDisposable
{
    private const string Table = "#cc: name=first\n0 3 * * * /opt/first\n0 4 * * * /opt/second\n0 5 * * * /opt/third\n";

    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task Marked_jobs_of_a_table_are_changed_in_one_plan_with_one_diff()
    {
        var screen = await JobsAsync();
        screen.Press("Space", "j", "v");
        Assert.Contains("Jobs[3]  3 marked", screen.Text);
        screen.Press("k", "Space", "p");
        await screen.WaitForText("web01: pause 2 jobs");
        Assert.Equal(Table, _fleet.Table("web01"));
        screen.Press("Enter");
        await screen.WaitForText("crontab written, verified");
        Assert.Equal(2, _fleet.Table("web01").Split('\n').Count(line => line.StartsWith('#') && line.Contains("/opt/", StringComparison.Ordinal)));
        Assert.Contains("\n0 4 * * * /opt/second\n", _fleet.Table("web01"));
        await screen.WaitForText("– off");
        Assert.DoesNotContain("marked", screen.Text);
    }

    [Fact]
    public async Task Marked_jobs_of_many_hosts_are_one_plan_with_a_diff_for_each_and_a_result_a_row()
    {
        var screen = await FleetWideAsync("web01", "web02");
        screen.Press("/").Type("second").Press("Enter", "Space", "Space", "x");
        await screen.WaitForText("2 changes on 2 hosts");
        Assert.Contains("web01: remove job", screen.Text);
        Assert.Contains("web02: remove job", screen.Text);
        Assert.Contains("- 0 4 * * * /opt/second", screen.Text);
        screen.Press("Enter");
        await screen.WaitForText("2 of 2 applied");
        Assert.DoesNotContain("second", _fleet.Table("web01"));
        Assert.DoesNotContain("second", _fleet.Table("web02"));
        Assert.Contains("✓ applied", screen.Text);
        await screen.WaitUntilIdle();
        screen.Press("u");
        await screen.WaitForText("undo plan p1");
        screen.Press("Enter");
        await screen.WaitForText("2 of 2 applied");
        Assert.Equal(Table, _fleet.Table("web01"));
        Assert.Equal(Table, _fleet.Table("web02"));
    }

    [Fact]
    public async Task More_than_three_hosts_want_the_number_of_changes_typed()
    {
        var screen = await FleetWideAsync("web01", "web02", "web03", "web04");
        screen.Press("/").Type("second").Press("Enter", "v", "G", "v", "x");
        await screen.WaitForText("4 changes on 4 hosts");
        screen.Press("Enter");
        Assert.Contains("Type 4 to confirm", await DownToAsync(screen, "Type 4 to confirm"));
        Assert.Equal(Table, _fleet.Table("web01"));
        screen.Type("4").Press("Enter");
        await screen.WaitForText("4 of 4 applied");
    }

    [Fact]
    public async Task A_failure_stops_the_plan_and_what_is_left_is_taken_up_again()
    {
        var screen = await FleetWideAsync("web01", "web02");
        screen.Press("/").Type("second").Press("Enter", "v", "G", "v", "x");
        await screen.WaitForText("2 changes on 2 hosts");
        _fleet.SetTable("web01", Table + "# theirs\n");
        screen.Press("Right", "Enter");
        await screen.WaitForText("1 of 2 applied, 1 failed, 1 left");
        Assert.Contains("✗ refused", screen.Text);
        Assert.Equal(Table + "# theirs\n", _fleet.Table("web01"));
        await screen.WaitUntilIdle();
        _fleet.SetTable("web01", Table);
        screen.Press("c");
        await screen.WaitForText("Take up plan p1?");
        screen.Press("Enter");
        await screen.WaitForText("2 of 2 applied");
        Assert.DoesNotContain("second", _fleet.Table("web01"));
        screen.Press("P");
        await screen.WaitForText("2/2");
    }

    [Fact]
    public async Task A_job_is_copied_to_the_hosts_that_are_marked()
    {
        _fleet.Host("db01", "MAILTO=ops\n").Host("db02", null);
        var screen = await JobsAsync();
        screen.Press("C");
        await screen.WaitForText("0 of 2 hosts are marked");
        screen.Press("G", "Space");
        Assert.Contains("web01: the job is there", screen.Text);
        screen.Press("A", "Enter");
        await screen.WaitForText("2 changes on 2 hosts");
        Assert.Contains("+ 0 3 * * * /opt/first", screen.Text);
        screen.Press("Enter");
        await screen.WaitForText("2 of 2 applied");
        Assert.Equal("MAILTO=ops\n#cc: name=first\n0 3 * * * /opt/first\n", _fleet.Table("db01"));
        Assert.Equal("#cc: name=first\n0 3 * * * /opt/first\n", _fleet.Table("db02"));
    }

    [Fact]
    public async Task A_job_is_moved_to_another_host_and_is_then_no_longer_where_it_was()
    {
        _fleet.Host("db01", "MAILTO=ops\n");
        var screen = await JobsAsync();
        screen.Press("j", "M");
        await screen.WaitForText("Move /opt/second");
        screen.Press("Ctrl+U").Type("db01").Press("Ctrl+S");
        await screen.WaitForText("It is added and read back first");
        Assert.Contains("+ 0 4 * * * /opt/second", screen.Text);
        Assert.Contains("- 0 4 * * * /opt/second", screen.Text);
        screen.Press("Enter");
        await screen.WaitForText("is in the table of");
        Assert.DoesNotContain("second", _fleet.Table("web01"));
        Assert.Equal("MAILTO=ops\n0 4 * * * /opt/second\n", _fleet.Table("db01"));
    }

    [Fact]
    public async Task A_duplicate_stands_below_its_job_and_is_selected()
    {
        var screen = await JobsAsync();
        screen.Press("D");
        await screen.WaitForText("Apply");
        screen.Press("Enter");
        await screen.WaitForText("Jobs[4]");
        Assert.Contains("#cc: name=first\n0 3 * * * /opt/first\n#cc: name=first (copy)\n0 3 * * * /opt/first\n0 4", _fleet.Table("web01"));
        await screen.WaitForText("› ? unknown  first (copy)");
    }

    [Fact]
    public async Task Variables_and_comments_are_set_changed_and_removed_as_reviewed_plans()
    {
        var screen = await JobsAsync();
        screen.Press("E");
        await screen.WaitForText("sets no variable");
        screen.Press("n");
        await screen.WaitForText("Set a variable");
        screen.Type("MAILTO").Press("Tab").Type("ops@example.org").Press("Enter");
        await screen.WaitForText("+ MAILTO=ops@example.org");
        screen.Press("Enter");
        await screen.WaitForText("Variables[1]");
        Assert.Equal("MAILTO=ops@example.org\n" + Table, _fleet.Table("web01"));
        screen.Press("e").Press("Ctrl+U").Type("root").Press("Enter");
        await screen.WaitForText("+ MAILTO=root");
        screen.Press("Enter");
        await screen.WaitForText("MAILTO            root");
        screen.Press("#").Type("who gets the mail").Press("Enter");
        await screen.WaitForText("+ # who gets the mail");
        screen.Press("Enter");
        await screen.WaitForText("Variables[2]");
        screen.Press("G", "x");
        await screen.WaitForText("- MAILTO=root");
        screen.Press("Enter");
        await screen.WaitForText("Variables[1]");
        Assert.Equal("# who gets the mail\n" + Table, _fleet.Table("web01"));
    }

    [Fact]
    public async Task Findings_of_the_linter_stand_in_the_row_and_beside_it()
    {
        _fleet.Host("web01", "0 3 13 * 5 /opt/first\n0 4 * * * /opt/second\n");
        var screen = await (await _fleet.VisitAsync()).Start(120, 40).Press("Enter").WaitForText("Jobs[2]");
        Assert.Contains("! warning", screen.Text);
        Assert.Contains("either will do", screen.Text);
    }

    private async Task<ScreenDriver> JobsAsync()
    {
        _fleet.Host("web01", Table);
        var screen = await (await _fleet.VisitAsync()).Start(100, 30).WaitForText("web01");
        screen.Press("G", "Enter");
        return await screen.WaitForText("Jobs[3]");
    }

    private async Task<ScreenDriver> FleetWideAsync(params string[] hosts)
    {
        foreach (var host in hosts)
            _fleet.Host(host, Table);
        var screen = (await _fleet.VisitAsync()).Start(120, 40).Press("J");
        return await screen.WaitForText($"all hosts Jobs[{3 * hosts.Length}]");
    }

    private static async Task<string> DownToAsync(ScreenDriver screen, string text)
    {
        for (var i = 0; i < 20 && !screen.Text.Contains(text, StringComparison.Ordinal); i++)
            screen.Press("PgDn");
        await screen.WaitForText(text);
        return screen.Text;
    }
}
