using CcConsole.Core.Reports;
using CcConsole.Fleet.Reports;
using CcConsole.Screens;
using CcConsole.Store.Reports;
using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class ReportsScreenTests : IAsyncDisposable
{
    private readonly ScreenFleet _fleet = new();

    public ReportsScreenTests()
    {
        _fleet.Report("web01", "backup", 0, TimeSpan.FromHours(3), "all good\n")
            .Report("web01", "report", 2, TimeSpan.FromHours(2), "starting\n", "disk full\n")
            .Report("web01", "backup", 0, TimeSpan.FromMinutes(1), $"first line\n{new string('x', 300)}END\n")
            .Known("web01", "", TimeSpan.FromHours(2), "web01 refuses the connection");
        _fleet.Down.Add("web01");
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Theory]
    [InlineData(120, 40)]
    [InlineData(80, 24)]
    public async Task What_the_cache_knows_is_there_at_once_and_why_nothing_new_comes(int width, int height)
    {
        var screen = await _fleet.Start(width, height).Press("3").WaitForText("Reports[");
        await screen.WaitForText("Check that sshd runs there.");
        StoredScreen.Check($"reports-{width}x{height}", screen.Text);
    }

    [Fact]
    public async Task Output_and_errors_of_a_run_are_shown_with_its_exit()
    {
        var screen = (await StartAsync()).Press("g", "j");
        Assert.Contains("exit 2", screen.Text);
        Assert.Contains("standard error", screen.Text);
        Assert.Contains("disk full", screen.Text);
    }

    [Fact]
    public async Task Failures_only_and_back()
    {
        var screen = (await StartAsync()).Press("m");
        Assert.DoesNotContain("✓ ok", screen.Text);
        Assert.Contains("✗ fail", screen.Text);
        Assert.Contains("✓ ok", screen.Press("m").Text);
    }

    [Fact]
    public async Task Long_lines_are_wrapped_or_cut()
    {
        var screen = await StartAsync();
        screen.Press("k");
        Assert.Contains("xEND", screen.Text);
        Assert.DoesNotContain("xEND", screen.Press("w").Text);
    }

    [Fact]
    public async Task Moving_up_ends_following_and_f_begins_it_again()
    {
        var screen = await StartAsync();
        var reports = Assert.IsType<ReportsScreen>(_fleet.Shell!.Top);
        Assert.True(reports.Follow);
        screen.Press("k");
        Assert.False(reports.Follow);
        screen.Press("f");
        Assert.True(reports.Follow);
        Assert.Contains("following the newest run", screen.Text);
    }

    private async Task<ScreenDriver> StartAsync() => await _fleet.Start(120, 30).Press("3").WaitForText("Reports[4]");

    [Fact]
    public void A_gap_in_what_was_heard_is_a_line_of_its_own()
    {
        var from = new DateTimeOffset(2026, 3, 2, 13, 58, 0, TimeSpan.Zero);
        var line = ReportLine.Of(new TailGap("web01", from, from.AddMinutes(4)), TimeZoneInfo.Utc);
        Assert.Equal("— gap 13:58–14:02 —", line.Job);
        Assert.True(line.IsRemarkable);
    }

    [Theory]
    [InlineData("overlap", null, 0, "– refused", "overlap")]
    [InlineData(null, true, -1, "? lost", "?")]
    [InlineData(null, null, 0, "✓ ok", "0")]
    public void A_run_that_was_refused_or_lost_is_said_in_words_and_never_green(string? refused, bool? lost, int exit, string state, string shown)
    {
        var start = new DateTimeOffset(2026, 3, 2, 13, 58, 0, TimeSpan.Zero);
        var report = new ExecutionReport("backup", "x", exit, "", "", start, 10, 0, "root") { Refused = refused, Lost = lost };
        var stored = new StoredReport { Host = "web01", Seq = 1, JobId = "backup", StartedAt = start, Duration = default, ExitCode = exit, Json = default };
        var line = ReportLine.Of(stored, new RecordedReport(1, 0, 0, report), TimeZoneInfo.Utc, ascii: false);
        Assert.Equal((state, shown, state == "✓ ok"), (line.State, line.Exit, !line.IsRemarkable));
    }
}
