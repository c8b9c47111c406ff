using CcConsole.Commands;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class ShellTests : IAsyncDisposable
{
    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public void Q_at_the_root_asks_and_quits()
    {
        _fleet.Host("web01");
        var screen = _fleet.Start().Press("q");
        Assert.Contains("Leave CcConsole?", screen.Text);
        screen.Press("Esc");
        Assert.Null(screen.ExitCode);
        Assert.Equal(0, screen.Press("q", "Enter").Settle().ExitCode);
    }

    [Theory]
    [InlineData(59, 15)]
    [InlineData(20, 5)]
    [InlineData(8, 1)]
    [InlineData(1, 1)]
    public void A_terminal_that_is_too_small_says_so_and_can_be_left(int width, int height)
    {
        _fleet.Host("web01");
        var screen = _fleet.Start(width, height);
        Assert.StartsWith("needs 60x15 q quits"[..Math.Min(width - 1, 19)], screen.Text);
        Assert.Equal(0, screen.Press("q", "Enter").Settle().ExitCode);
    }

    [Fact]
    public void Ctrl_C_twice_within_two_seconds_quits_and_once_does_not()
    {
        _fleet.Host("web01");
        var screen = _fleet.Start().Press("Ctrl+C").Advance(TimeSpan.FromSeconds(3)).Press("Ctrl+C");
        Assert.Null(screen.ExitCode);
        Assert.Equal(0, screen.Press("Ctrl+C").Settle().ExitCode);
    }

    [Fact]
    public void Help_lists_the_commands_of_the_screen_and_runs_the_chosen_one()
    {
        _fleet.Host("web01");
        var screen = _fleet.Start(100, 30).Press("F1");
        Assert.Contains("Help: what the keys do here", screen.Text);
        Assert.Contains("Open the jobs of the host", screen.Text);
        screen.Type("add a host").Press("Enter");
        Assert.Contains("what screens and verbs call it", screen.Text);
    }

    [Fact]
    public void The_palette_finds_hosts_and_commands()
    {
        _fleet.Host("web01").Host("db01");
        var screen = _fleet.Start().Press(":").Type("db01").Press("Enter");
        Assert.Contains("db01 › Jobs", screen.Text);
        screen.Press("Ctrl+P").Type("pane.fleet").Press("Enter");
        Assert.Contains("Fleet[2]", screen.Text);
    }

    [Fact]
    public void A_paste_fires_no_keys()
    {
        _fleet.Host("web01");
        var screen = _fleet.Start();
        var before = screen.Text;
        Assert.Equal(before, screen.Paste("q\nx2").Text);
        Assert.Null(screen.ExitCode);
    }

    [Fact]
    public void A_theme_is_shown_as_one_moves_and_escape_takes_it_back()
    {
        _fleet.Host("web01");
        var screen = _fleet.Start().Press("F9");
        Assert.Equal("terminal", screen.Application.Theme.Name);
        screen.Press("Up");
        Assert.NotEqual("terminal", screen.Application.Theme.Name);
        screen.Press("Esc");
        Assert.Equal("terminal", screen.Application.Theme.Name);
        screen.Press("F9").Type("nord").Press("Enter");
        Assert.Equal("nord", screen.Application.Theme.Name);
        Assert.Equal("nord", _fleet.Control.Cache.Preferences.Get("theme"));
    }

    [Fact]
    public async Task Digits_jump_between_the_panes_and_breadcrumbs_and_hints_can_be_clicked()
    {
        await _fleet.Host("web01", "0 3 * * * /opt/backup\n").VisitAsync();
        var screen = _fleet.Start(100, 24).Press("2");
        await screen.WaitForText("web01 › Jobs[1]");
        screen.Click("help");
        Assert.Contains("Help: what the keys do here", screen.Text);
        screen.Press("Esc").Click("Fleet[1]");
        Assert.DoesNotContain("Jobs[1]", screen.Text);
        screen.Click("web01").Click("web01", 2);
        await screen.WaitForText("web01 › Jobs[1]");
    }

    [Fact]
    public void Copying_sends_the_name_and_shows_it()
    {
        _fleet.Host("web01");
        var screen = _fleet.Start().Press("y");
        Assert.Contains("\e]52;c;d2ViMDE=\a", screen.Terminal.Sent.ToString());
        Assert.Contains("copied: web01", screen.Text);
    }

    [Fact]
    public void Every_command_has_an_id_of_its_own_and_no_two_of_a_screen_share_a_key()
    {
        Assert.Equal(CommandRegistry.All.Count, CommandRegistry.All.Select(command => command.Id).Distinct().Count());
        foreach (var area in CommandRegistry.All.GroupBy(command => command.Area).Where(area => area.Key != CommandArea.Fleet))
        {
            var keys = area.SelectMany(command => command.Keys).ToList();
            Assert.Equal(keys.Count, keys.Distinct().Count());
        }
    }

    [Fact]
    public void The_table_of_keys_holds_every_command()
    {
        var table = CommandTable.Markdown();
        Assert.Equal(CommandRegistry.All.Count + 2, table.Count(c => c == '\n'));
        Assert.Contains("| everywhere | `?` `F1` |", table);
        Assert.Contains("| Jobs | `t` | Run the job now as cron would, and watch its output |", table);
    }
}
