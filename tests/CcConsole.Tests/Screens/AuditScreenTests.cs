using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>What the audit screen shows of one host's copy, and when it is verified.</summary>
public sealed class AuditScreenTests : AuditScreenTest
{
    [Fact]
    public async Task A_good_copy_of_a_host_that_answers_is_verified()
    {
        Fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED");
        Assert.Contains("✓ VERIFIED #0–#29, head ", screen.Text);
        Assert.Contains("✓ #29 2h", screen.Press("Esc").Text);
        await screen.Press("5").WaitForText("VERIFIED");
        Assert.Contains("head pulled 12:02, 2h ago", screen.Text);
        Assert.Contains("○ linked", screen.Text);
        Assert.DoesNotContain("✓ proven", screen.Text);
    }

    [Theory]
    [InlineData(120, 40)]
    [InlineData(80, 24)]
    public async Task A_copy_is_shown_and_verified_with_the_host_gone_and_is_not_green(int width, int height)
    {
        Fleet.Chain("web01", 30).Known("web01", "", TimeSpan.FromHours(2), "web01 refuses the connection");
        Fleet.Down.Add("web01");
        var screen = await StartAsync("verified copy to #29, host unreachable", width, height);
        StoredScreen.Check($"audit-{width}x{height}", screen.Text);
    }

    [Fact]
    public async Task Of_the_last_checkpoint_it_is_said_that_its_signature_holds_and_that_the_next_one_signs_it()
    {
        Fleet.Chain("web01", 22, signed: 20).Known("web01", "");
        var screen = await StartAsync("The last checkpoint: it signs what is before it", 200, 50);
        screen.Press("o");
        await screen.WaitForText("The last checkpoint: its signature over #0-#20 was verified now");
        Assert.DoesNotContain("No usable checkpoint", screen.Text);
    }

    [Fact]
    public async Task A_missed_run_is_told_in_words()
    {
        Fleet.Chain("web01", 5, missed: 4).Known("web01", "");
        var screen = await StartAsync("VERIFIED", 160, 40);
        Assert.Contains("job.missed", screen.Text);
        Assert.Contains("missed 2026-03-02T03:15:00Z: the host was down", screen.Text);
    }

    [Fact]
    public async Task A_copy_that_is_too_old_is_stale_and_not_green_though_the_host_answers()
    {
        Fleet.Chain("web01", 30, ago: TimeSpan.FromHours(5)).Known("web01", "");
        var screen = await StartAsync("○ verified copy to #29, STALE: pulled 5h ago");
        Assert.DoesNotContain("VERIFIED", screen.Text);
        Assert.Contains("nothing in it is signed", screen.Text);
    }

    [Fact]
    public async Task A_cancelled_verification_claims_nothing()
    {
        Fleet.Chain("web01", 200_000).Known("web01", "");
        var screen = Fleet.Start(120, 40).Press("5");
        // A machine may be done before the key comes: then all is verified anew, and cancelled again.
        for (var i = 0; i < 100; i++)
        {
            await screen.WaitForText("verifying, ");
            Assert.DoesNotContain("proven", screen.Text.Replace("unproven", "", StringComparison.Ordinal));
            screen.Press("Ctrl+C");
            await screen.WaitUntilIdle();
            if (!screen.Text.Contains("VERIFIED", StringComparison.Ordinal))
                break;
            screen.Advance(TimeSpan.FromSeconds(3)).Press("V");
        }
        Assert.Contains("not verified: it was cancelled", screen.Text);
        screen.Advance(TimeSpan.FromSeconds(3)).Press("V");
        await screen.WaitForText("VERIFIED #0–#199999");
    }

    [Fact]
    public async Task New_entries_alone_are_verified_when_a_pull_brings_them_and_all_when_a_person_asks()
    {
        Fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED #0–#29");
        var sql = await ProgramRun.RunAsync("sqlite3",
            ["-cmd", ".timeout 60000", Fleet.Control.Cache.FilePath, "UPDATE chain_line SET line = CAST(replace(CAST(line AS TEXT), 'backup', 'backuq') AS BLOB) WHERE position % (1 << 40) = 5"]);
        Assert.True(sql.Code == 0, sql.ToString());
        Fleet.Grow("web01", 3);
        await screen.WaitForText("VERIFIED #0–#32");
        screen.Press("V");
        await screen.WaitForText("TAMPERED at #5");
    }

    [Fact]
    public async Task A_new_entry_that_is_not_whole_is_found()
    {
        Fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED #0–#29");
        Fleet.Grow("web01", 3, altered: true);
        await screen.WaitForText("TAMPERED at #32");
    }

    [Fact]
    public async Task What_is_proven_and_what_is_not_is_said_in_the_words_of_the_verb()
    {
        Fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED #0–#29");
        screen.Press("x");
        await screen.WaitForText("NOT PROVEN");
        Assert.Contains("web01: what is proven", screen.Text);
        Assert.Contains("- #0 to #29 are whole, and each follows the one before.", screen.Text);
        Assert.Contains("- nothing in it is signed: only who remembers a head can tell it from one written anew.", screen.Text);
        screen.Press("Esc");
        Assert.DoesNotContain("NOT PROVEN", screen.Text);
    }

    [Fact]
    public async Task Text_of_a_host_begins_no_line_of_its_own()
    {
        Fleet.Chain("web01", 5, missed: 4, reason: "down\nlink         ✓ proven\u001b[31m").Known("web01", "");
        var screen = await StartAsync("VERIFIED", 200, 40);
        Assert.Contains("down␊link", screen.Text);
        Assert.Contains("␛[31m", screen.Text);
    }

    [Fact]
    public async Task An_edit_shows_its_diff()
    {
        Fleet.Chain("web01", 5, edited: 4).Known("web01", "");
        var screen = await StartAsync("VERIFIED", 200, 40);
        Assert.Contains("+0 3 * * * /opt/backup", screen.Text);
        Assert.Contains("-0 2 * * * /opt/backup", screen.Text);
    }

    [Fact]
    public async Task Without_a_copy_the_screen_says_so_and_what_helps()
    {
        Fleet.Known("web01", "");
        var screen = await StartAsync("Nothing was pulled from the chain of web01 yet");
        Assert.Contains("P pulls its chain", screen.Text);
        screen.Press("b");
        Assert.Contains("first break: no break is known", screen.Text);
    }
}
