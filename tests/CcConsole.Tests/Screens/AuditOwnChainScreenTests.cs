using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>The console's own chain on the audit screen.</summary>
public sealed class AuditOwnChainScreenTests : AuditScreenTest
{
    [Fact]
    public async Task What_the_console_itself_did_is_a_chain_like_the_hosts()
    {
        Fleet.Chain("web01", 5).Known("web01", "");
        Assert.Null(Fleet.Control.Own.Record(AuditEvents.ConsolePulled, "web01", new AuditMember("host_seq", 4)));
        var screen = await StartAsync("VERIFIED #0–#4");
        screen.Press("C");
        await screen.WaitForText("✓ VERIFIED #0–");
        await screen.WaitForText("console.pulled");
        Assert.Contains(".console › Audit[", screen.Text);
        screen.Press("P");
        await screen.WaitForText("the console's own chain is taken in by itself");
        screen.Press("A");
        await screen.WaitForText("✓ 2 verified");
        screen.Press("/").Type("host:.console console.pulled");
        await screen.WaitForText("Audit[1]");
    }

    [Fact]
    public async Task From_the_consoles_own_chain_the_panes_of_the_host_that_one_came_from_are_one_key_away()
    {
        Fleet.Chain("db01", 5).Chain("web01", 5).Known("db01", "").Known("web01", "");
        Assert.Null(Fleet.Control.Own.Record(AuditEvents.ConsolePulled, "web01", new AuditMember("host_seq", 4)));
        var screen = Fleet.Start(120, 40).Press("Down").Press("5");
        await screen.WaitForText("web01 › Audit[5]");
        foreach (var (key, pane) in new[] { ("2", "web01 › Jobs["), ("3", "web01 › Reports["), ("5", "web01 › Audit[5]") })
        {
            screen.Press("5");
            await screen.WaitForText("web01 › Audit[5]");
            screen.Press("C");
            await screen.WaitForText(".console › Audit[");
            screen.Press(key);
            await screen.WaitForText(pane);
        }
    }

    [Fact]
    public async Task What_the_console_does_while_its_chain_is_shown_comes_to_the_screen_and_so_does_a_contradiction()
    {
        Assert.Null(Fleet.Control.Own.Record(AuditEvents.ConsolePulled, "web01", new AuditMember("host_seq", 4)));
        Fleet.Chain("web01", 5).Known("web01", "");
        var screen = await StartAsync("VERIFIED #0–#4");
        screen.Press("C");
        await screen.WaitForText("✓ VERIFIED #0–");
        var before = Fleet.Control.Audit.Head(OwnChain.Name).Seq;
        Assert.Null(Fleet.Control.Own.Record(AuditEvents.ConsolePulled, "web02", new AuditMember("host_seq", 4)));
        Fleet.Control.Monitor.Publish();
        await screen.WaitForText($"✓ VERIFIED #0–#{before + 1}");
        await screen.WaitForText($"#{before + 1}  ");
        var head = Fleet.Control.Audit.Head(OwnChain.Name);
        Fleet.Control.Cache.Conflicts.Keep(OwnChain.Name, head.Chain, 1, "FORK", "found so", new byte[] { 1 }, new byte[] { 2 });
        Fleet.Control.Monitor.Publish();
        await screen.WaitForText("✗ FORK at #1");
    }
}
