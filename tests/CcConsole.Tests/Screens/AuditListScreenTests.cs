using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>Going through the entries of one host and of all, and the filter.</summary>
public sealed class AuditListScreenTests : AuditScreenTest
{
    [Fact]
    public async Task The_whole_chain_can_be_gone_through()
    {
        Fleet.Chain("web01", 1200).Known("web01", "");
        var screen = await StartAsync("VERIFIED");
        Assert.Contains("Audit[1200]", screen.Text);
        Assert.Contains("›    #1199", screen.Text);
        screen.Press("G");
        Assert.Contains("audit.genesis", screen.Text);
        screen.Press("g");
        Assert.Contains("›    #1199", screen.Text);
        screen.Press("s").Press("g");
        Assert.Contains("›       #0", screen.Text);
        screen.Press("Right").Press("Right").Press("s");
        Assert.Contains("a whole chain is ordered by its numbers", screen.Text);
        Assert.Contains("›    #1199", screen.Press("g").Text);
    }

    [Fact]
    public async Task A_filter_asks_the_whole_copy_by_words_and_by_facts()
    {
        Fleet.Chain("web01", 3000, missed: 4).Known("web01", "");
        var screen = await StartAsync("VERIFIED", 160, 40);
        screen.Press("/").Type("event:job.missed");
        await screen.WaitForText("Audit[1/3000]");
        Assert.Contains("#4  ", screen.Text);
        screen.Press("Esc").Press("Esc").Press("/").Type("exit:1 #20-40");
        await screen.WaitForText("Audit[3/3000]");
        Assert.Contains("#20  ", screen.Text);
        Assert.Contains("#40  ", screen.Text);
        screen.Press("Esc").Press("Esc").Press("/").Type("the host was dow");
        await screen.WaitForText("Audit[1/3000]");
        screen.Press("Esc").Press("Esc").Press("/").Type("since:tomorrow");
        await screen.WaitForText("since:tomorrow: tomorrow is no time");
        screen.Press("Esc").Press("Esc").Press("/").Type("nowhere");
        await screen.WaitForText("nothing matches \"nowhere\"");
        screen.Press("Esc");
        await screen.WaitForText("Audit[3000]");
    }

    [Fact]
    public async Task What_a_filter_cannot_exclude_or_does_not_have_is_refused_in_words()
    {
        Fleet.Chain("db01", 30).Chain("web01", 30).Known("db01", "").Known("web01", "");
        var screen = await StartAsync("VERIFIED");
        foreach (var (typed, said) in new[]
        {
            ("!event:job.finished", "!event:job.finished: only words can be excluded. !job.finished"),
            ("job:backup !exit:0", "!exit:0: only words can be excluded"), ("!#12", "!#12: only words can be excluded"),
            ("host:web01", "host:web01: this list is of db01 alone. A lists the entries of all hosts"),
            ("#-1", "#-1: the number that it begins with is missing"), ("#1-2-3", "#1-2-3: 2-3 is no whole number"),
        })
        {
            screen.Press("/").Type(typed);
            await screen.WaitForText(said);
            screen.Press("Esc").Press("Esc");
        }
        // What is not yet typed to its end excludes nothing, and words do.
        screen.Press("/").Type("!event:");
        await screen.WaitForText("Audit[30]");
        screen.Press("Esc").Press("Esc").Press("/").Type("!job.finished");
        await screen.WaitForText("Audit[16/30]");
        screen.Press("Esc").Press("Esc").Press("A").Press("/").Type("host:mail");
        await screen.WaitForText("there is no copy of a host mail");
    }

    [Fact]
    public async Task The_entries_of_all_hosts_are_one_list_each_under_its_own_verdict()
    {
        Fleet.Chain("db01", 50, altered: 10).Chain("web01", 30).Known("db01", "").Known("web01", "");
        var screen = Fleet.Start(160, 40).Press("5");
        await screen.WaitForText("TAMPERED at #10");
        screen.Press("A");
        await screen.WaitForText("✗ 1 tampered  ✓ 1 verified");
        await screen.WaitForText("all hosts Audit[80]");
        screen.Press("/").Type("host:db #0-11");
        await screen.WaitForText("Audit[12]");
        Assert.Contains("✗ broken", screen.Text);
        Assert.Contains("? unproven", screen.Text);
        Assert.Contains("○ linked", screen.Text);
        screen.Press("Enter").Press("Enter");
        await screen.WaitForText("TAMPERED at #10");
        Assert.Contains("›      #11", screen.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_selected_entry_stays_in_view_when_new_ones_come(bool all)
    {
        Fleet.Chain("web01", 60).Known("web01", "");
        var screen = await StartAsync("VERIFIED #0–#59", 80, 24);
        if (all)
            await screen.Press("A").WaitForText("all hosts Audit[60]");
        for (var i = 0; i < 7; i++)
            screen.Press("Down");
        Assert.Contains("#52 ", screen.Terminal.Screen.Row(Selected()));
        Fleet.Grow("web01", 5);
        await screen.WaitForText("Audit[65]");
        Assert.Contains("#52 ", screen.Terminal.Screen.Row(Selected()));
        // Further down new entries do not move what is looked at.
        await screen.WaitUntilIdle();
        for (var i = 0; i < 15; i++)
            screen.Press("Down");
        screen.Press("Up").Press("Up").Press("Up");
        var row = Selected();
        Assert.Contains("#40 ", screen.Terminal.Screen.Row(row));
        Fleet.Grow("web01", 20);
        await screen.WaitForText("Audit[85]");
        await screen.WaitUntilIdle();
        Assert.Contains("#40 ", screen.Terminal.Screen.Row(row));
        Assert.Equal(row, Selected());

        int Selected() => Enumerable.Range(0, 24).Single(y => screen.Terminal.Screen.Row(y).StartsWith('›'));
    }

    [Fact]
    public async Task What_lies_in_an_archive_is_said_not_to_have_been_searched()
    {
        Fleet.Chain("web01", 30, missed: 4).Chain("web02", 30).Known("web01", "").Known("web02", "");
        Assert.Equal(10, Fleet.Control.Audit.Archive("web01", 10).Count);
        var screen = await StartAsync("VERIFIED");
        Assert.DoesNotContain("not searched", screen.Text);
        screen.Press("/").Type("event:job.missed");
        await screen.WaitForText("nothing matches \"event:job.missed\"; archived, not searched: #0-#9");
        screen.Press("Esc").Press("Esc").Press("/").Type("#8-12");
        await screen.WaitForText("Audit[3/30]  /#8-12  archived, not searched: #0-#9");
        screen.Press("Esc").Press("Esc").Press("/").Type("#10-12");
        await screen.WaitForText("Audit[3/30]  /#10-12");
        Assert.DoesNotContain("not searched", screen.Text);
        screen.Press("Esc").Press("Esc").Press("A");
        await screen.WaitForText("✓ 3 verified  archived, not searched: web01 #0-#9");
        Assert.EndsWith("2 hosts  14:02 UTC", screen.Resize(80, 24).Text.Split('\n')[0], StringComparison.Ordinal);
    }
}
