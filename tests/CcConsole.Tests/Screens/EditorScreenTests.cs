using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class EditorScreenTests : IAsyncDisposable
{
    private const string Table = "#cc: name=nightly\n0 3 * * * /opt/backup 100\\%\n";

    private readonly ScreenFleet _fleet = new() { Editor = "sed -i s/new/newest/" };

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task A_new_job_shows_its_meaning_runs_and_exact_line_and_is_written_after_review()
    {
        var screen = await StartAsync();
        screen.Press("n");
        await screen.WaitForText("new job");
        screen.Type("*/10 4 * * *").Press("Tab").Type("/opt/new 50%");
        Assert.Contains("2026-03-03 04:00", screen.Text);
        Assert.Contains("*/10 4 * * * /opt/new 50\\%", screen.Text);
        Assert.Contains("bytes left for the command", screen.Text);
        screen.Press("Ctrl+S");
        await screen.WaitForText("Apply");
        Assert.Equal(Table, _fleet.Table("web01"));
        screen.Press("Enter");
        await screen.WaitForText("crontab written, verified");
        Assert.Equal(Table + "*/10 4 * * * /opt/new 50\\%\n", _fleet.Table("web01"));
        await screen.WaitForText("Jobs[2]");
        await screen.WaitForText("› ? unknown  /opt/new");
    }

    [Theory]
    [InlineData(120, 40)]
    [InlineData(80, 24)]
    public async Task The_editor_fits_the_terminal(int width, int height)
    {
        var screen = await StartAsync(width, height);
        screen.Press("e");
        await screen.WaitForText("edit nightly");
        await screen.WaitUntilIdle();
        StoredScreen.Check($"editor-{width}x{height}", screen.Text);
    }

    [Fact]
    public async Task A_faulty_schedule_is_marked_under_its_field_and_cannot_be_saved()
    {
        var screen = await StartAsync();
        screen.Press("e");
        await screen.WaitForText("edit nightly");
        screen.Press("Ctrl+U").Type("61 3 * * *");
        var schedule = screen.Find("61 3")!.Value;
        Assert.Equal("▲", screen.Terminal.Screen[schedule.X, schedule.Y + 1].Text);
        screen.Press("Ctrl+S");
        Assert.Contains("✗ review:", screen.Text);
        Assert.Equal(Table, _fleet.Table("web01"));
    }

    [Fact]
    public async Task What_the_linter_says_stands_under_the_character_that_it_is_about()
    {
        var screen = await StartAsync();
        screen.Press("e");
        await screen.WaitForText("edit nightly");
        screen.Press("Ctrl+U").Type("0 3 13 * 5");
        var schedule = screen.Find("0 3 13 * 5")!.Value;
        Assert.Equal("▲", screen.Terminal.Screen[schedule.X + 4, schedule.Y + 1].Text);
        Assert.Contains("! warning: runs when the day of", screen.Text);
        screen.Press("Ctrl+U").Type("0 24 * * *");
        Assert.Equal("▲", screen.Terminal.Screen[schedule.X + 2, schedule.Y + 1].Text);
        screen.Press("Ctrl+U").Type("0 3 * * *").Press("Tab", "Ctrl+U").Type("50% root echo\u00a0x");
        var command = screen.Find("50% root")!.Value;
        Assert.Equal("▲", screen.Terminal.Screen[command.X + 13, command.Y + 1].Text);
    }

    [Fact]
    public async Task A_change_by_someone_else_while_one_edits_is_told_and_saving_waits_for_a_re_read()
    {
        var screen = await StartAsync();
        screen.Press("e");
        await screen.WaitForText("edit nightly");
        screen.Press("Ctrl+U").Type("0 4 * * *");
        await screen.WaitUntilIdle();
        _fleet.SetTable("web01", "MAILTO=ops\n" + Table);
        screen.Advance(TimeSpan.FromSeconds(1));
        await _fleet.VisitAsync();
        await screen.WaitForText("was changed on the host meanwhile");
        screen.Press("Ctrl+S");
        Assert.Contains("review: the table was changed on the host meanwhile", screen.Text);
        screen.Press("Ctrl+R");
        await screen.WaitForText("Nothing is written yet.");
        Assert.Contains("theirs  MAILTO=ops", screen.Text);
        Assert.Contains("yours   0 4 * * * /opt/backup", screen.Text);
        screen.Press("Enter");
        await screen.WaitForText("Ctrl+S reviews it");
        screen.Press("Ctrl+S");
        await screen.WaitForText("Apply");
        screen.Press("Enter");
        await screen.WaitForText("crontab written, verified");
        Assert.Equal("MAILTO=ops\n#cc: name=nightly\n0 4 * * * /opt/backup 100\\%\n", _fleet.Table("web01"));
    }

    [Fact]
    public async Task Tags_stand_in_the_comment_above_the_line()
    {
        var screen = await StartAsync();
        screen.Press("e");
        await screen.WaitForText("edit nightly");
        screen.Press("Tab", "Tab").Type("db night").Press("Ctrl+S");
        await screen.WaitForText("+ #cc: tags=db,night name=nightly");
        screen.Press("Enter");
        await screen.WaitForText("crontab written, verified");
        await screen.WaitForText("Jobs[1]");
        screen.Press("/").Type("night");
        Assert.Contains("Jobs[1]", screen.Text);
    }

    [Fact]
    public async Task Leaving_with_changes_asks_and_without_does_not()
    {
        var screen = await StartAsync();
        screen.Press("e");
        await screen.WaitForText("edit nightly");
        screen.Press("Esc");
        await screen.WaitForText("Jobs[1]");
        screen.Press("e");
        await screen.WaitForText("edit nightly");
        screen.Type("q9?").Press("Esc");
        Assert.Contains("Leave the editor?", screen.Text);
        screen.Press("Enter");
        Assert.Contains("edit nightly", screen.Text);
        screen.Press("Esc", "Right", "Enter");
        await screen.WaitForText("Jobs[1]");
        Assert.Equal(Table, _fleet.Table("web01"));
    }

    [Fact]
    public async Task A_table_that_changed_meanwhile_is_read_again_and_the_draft_stays()
    {
        var screen = await StartAsync();
        screen.Press("e");
        await screen.WaitForText("edit nightly");
        screen.Press("Ctrl+U").Type("0 4 * * *");
        _fleet.SetTable("web01", "MAILTO=ops\n" + Table);
        screen.Press("Ctrl+S");
        await screen.WaitForText("Apply");
        screen.Press("Enter");
        await screen.WaitForText("changed meanwhile");
        Assert.Contains("theirs  MAILTO=ops", screen.Text);
        Assert.Contains("before  0 3 * * * /opt/backup", screen.Text);
        Assert.Contains("yours   0 4 * * * /opt/backup", screen.Text);
        screen.Press("Enter");
        await screen.WaitForText("Ctrl+S reviews it");
        Assert.Contains("0 4 * * * /opt/backup", screen.Text);
        Assert.Equal("MAILTO=ops\n" + Table, _fleet.Table("web01"));
        screen.Press("Ctrl+S");
        await screen.WaitForText("Apply");
        screen.Press("Enter");
        await screen.WaitForText("crontab written, verified");
        Assert.Equal("MAILTO=ops\n#cc: name=nightly\n0 4 * * * /opt/backup 100\\%\n", _fleet.Table("web01"));
    }

    [Fact]
    public async Task The_command_is_opened_in_the_persons_editor()
    {
        var screen = await StartAsync();
        screen.Press("n");
        await screen.WaitForText("new job");
        screen.Type("@daily").Press("Tab").Type("/opt/new").Press("Ctrl+E");
        await screen.WaitForText("@daily /opt/newest");
        Assert.True(screen.Terminal.IsEntered);
    }

    [Fact]
    public async Task Another_pane_is_not_opened_over_what_is_not_written()
    {
        var screen = await StartAsync();
        screen.Press("e");
        await screen.WaitForText("edit nightly");
        screen.Type("9").Press("Ctrl+P").Type("pane.fleet").Press("Enter");
        Assert.Contains("the editor holds changes that are not written", screen.Text);
        Assert.Contains("edit nightly", screen.Text);
        screen.Click("Fleet[1]");
        Assert.Contains("edit nightly", screen.Text);
    }

    private async Task<ScreenDriver> StartAsync(int width = 100, int height = 30) =>
        await (await _fleet.Host("web01", Table).VisitAsync()).Start(width, height).Press("Enter").WaitForText("Jobs[1]");
}
