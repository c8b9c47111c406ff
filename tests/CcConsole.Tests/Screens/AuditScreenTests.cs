using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class AuditScreenTests : IAsyncDisposable
{
    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task A_good_copy_of_a_host_that_answers_is_verified()
    {
        _fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED");
        Assert.Contains("✓ VERIFIED #0–#29, head ", screen.Text);
        Assert.Contains("head pulled 12:02, 2h ago", screen.Text);
        Assert.Contains("✓ proven", screen.Text);
    }

    [Theory]
    [InlineData(120, 40)]
    [InlineData(80, 24)]
    public async Task A_copy_is_shown_and_verified_with_the_host_gone_and_is_not_green(int width, int height)
    {
        _fleet.Chain("web01", 30).Known("web01", "", TimeSpan.FromHours(2), "web01 refuses the connection");
        _fleet.Down.Add("web01");
        var screen = await StartAsync("verified copy to #29, host unreachable", width, height);
        StoredScreen.Check($"audit-{width}x{height}", screen.Text);
    }

    [Fact]
    public async Task A_missed_run_is_told_in_words()
    {
        _fleet.Chain("web01", 5, missed: 4).Known("web01", "");
        var screen = await StartAsync("VERIFIED", 160, 40);
        Assert.Contains("job.missed", screen.Text);
        Assert.Contains("missed 2026-03-02T03:15:00Z: the host was down", screen.Text);
    }

    [Fact]
    public async Task An_altered_entry_is_found_and_what_comes_after_is_unproven()
    {
        _fleet.Chain("web01", 700, altered: 120).Known("web01", "");
        var screen = await StartAsync("TAMPERED at #120: stored ≠ computed");
        Assert.Contains("120 entries before it are proven, what comes after is unproven", screen.Text);
        Assert.DoesNotContain("✓ proven", screen.Text);
        screen.Press("b");
        await screen.WaitForText("✗ broken");
        Assert.Contains("›     #120", screen.Text);
        Assert.Contains("✓ proven", screen.Text);
        Assert.Contains("? unproven", screen.Text);
    }

    [Fact]
    public async Task A_rollback_is_said_in_words_with_its_evidence()
    {
        _fleet.Chain("web01", 30);
        _fleet.Control.Cache.Conflicts.Keep("web01", "c0ffee00c0ffee00", 20, "ROLLBACK", "the host's chain ends at #19", new byte[] { 1 }, new byte[] { 2 });
        _fleet.Known("web01", "");
        var screen = await StartAsync("ROLLBACK: head older than #29 seen 12:02");
        Assert.Contains("On the host; the copy held here is whole. Both versions: ", screen.Text);
        screen.Press(":").Type("audit.resolve").Press("Enter");
        await screen.WaitForText("Type web01 to confirm");
        screen.Press("Enter");
        Assert.Single(_fleet.Control.Audit.Conflicts("web01"));
    }

    [Fact]
    public async Task The_whole_chain_can_be_gone_through()
    {
        _fleet.Chain("web01", 1200).Known("web01", "");
        var screen = await StartAsync("VERIFIED");
        Assert.Contains("Audit[1200]", screen.Text);
        Assert.Contains("›    #1199", screen.Text);
        screen.Press("G");
        Assert.Contains("audit.genesis", screen.Text);
        screen.Press("g");
        Assert.Contains("›    #1199", screen.Text);
    }

    [Fact]
    public async Task The_copy_is_exported_byte_for_byte()
    {
        _fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED");
        screen.Press("E");
        await screen.WaitForText("byte for byte as the host wrote it");
        screen.Press("Enter");
        await screen.WaitForText("bytes written to");
        var file = Path.Combine(_fleet.Root, "web01-audit.jsonl");
        using var copy = _fleet.Control.Cache.Chains.OpenRead(_fleet.Control.Audit.Head("web01"));
        using var expected = new MemoryStream();
        await copy.CopyToAsync(expected);
        Assert.Equal(expected.ToArray(), File.ReadAllBytes(file));
        screen.Press("E");
        await screen.WaitForText("byte for byte as the host wrote it");
        screen.Press("Enter");
        await screen.WaitForText("Name a file that does not exist");
    }

    [Fact]
    public async Task Without_a_copy_the_screen_says_so_and_what_helps()
    {
        _fleet.Known("web01", "");
        var screen = await StartAsync("Nothing was pulled from the chain of web01 yet");
        Assert.Contains("P pulls its chain", screen.Text);
        screen.Press("b");
        Assert.Contains("first break: no break is known", screen.Text);
    }

    private async Task<ScreenDriver> StartAsync(string until, int width = 120, int height = 40) =>
        await _fleet.Start(width, height).Press("5").WaitForText(until);
}
