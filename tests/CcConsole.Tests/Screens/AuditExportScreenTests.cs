using System.Security.Cryptography;
using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>What the audit screen writes to files.</summary>
public sealed class AuditExportScreenTests : AuditScreenTest
{
    [Fact]
    public async Task The_copy_is_exported_byte_for_byte()
    {
        Fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED");
        screen.Press("E");
        await screen.WaitForText("byte for byte as the host");
        screen.Press("Tab").Press("Right").Press("Enter");
        await screen.WaitForText("bytes written to");
        var file = Path.Combine(Fleet.Root, "web01-audit.jsonl");
        using var copy = Fleet.Control.Cache.Chains.OpenRead(Fleet.Control.Audit.Head("web01"));
        using var expected = new MemoryStream();
        await copy.CopyToAsync(expected);
        Assert.Equal(expected.ToArray(), File.ReadAllBytes(file));
        screen.Press("E");
        await screen.WaitForText("byte for byte as the host");
        screen.Press("Tab").Press("Right").Press("Enter");
        await screen.WaitForText("Name a file that does not exist");
    }

    [Fact]
    public async Task Marked_entries_are_exported_as_evidence_and_an_entry_is_proved_with_the_host_gone()
    {
        Fleet.Chain("web01", 30).Known("web01", "", TimeSpan.FromHours(2), "web01 refuses the connection");
        Fleet.Down.Add("web01");
        var screen = await StartAsync("verified copy to #29");
        Assert.Contains("No checkpoint signs this chain", screen.Text);
        screen.Press("o");
        await screen.WaitForText("Nothing in this chain is signed");
        screen.Press("Space").Press("Down").Press("Space").Press("E");
        await screen.WaitForText("the 2 marked entries");
        Assert.DoesNotContain("exporting", screen.Text);
        screen.Press("Enter");
        await screen.WaitForText("2 entries, 0 proven by 0 checkpoints, 2 linked only");
        var manifest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Fleet.Root, "web01-evidence", "MANIFEST"))));
        screen.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains(manifest, screen.Text);
        Assert.DoesNotContain(manifest, screen.Press("Enter").Text);
        Assert.Contains("Selected were: 2 entries that were marked one by one", File.ReadAllText(Path.Combine(Fleet.Root, "web01-evidence", "README.txt")));
    }
}
