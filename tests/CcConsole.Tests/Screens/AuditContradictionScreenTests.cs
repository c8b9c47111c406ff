using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using CcConsole.Screens;
using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>What the audit screen says of a copy that is not whole, or that something contradicts.</summary>
public sealed class AuditContradictionScreenTests : AuditScreenTest
{
    [Fact]
    public void An_entry_is_proven_where_a_signature_is_over_it_and_what_is_contradicted_and_not_signed_is_not()
    {
        Fleet.Chain("web01", 30).Known("web01", "");
        var head = Fleet.Control.Audit.Head("web01");
        var result = new VerifyResult(30, 30, null, Verdict.Ok, null, "", 0) { SignedSince = 0, LastCheckpoint = new(20, 20, default, null) };
        var conflict = new CcConsole.Store.Chains.ChainConflict(1, "web01", "c0ffee", 10, "FORK", "found so", "", Fleet.Time.GetUtcNow(), null, null);
        Assert.Equal(["✓ proven", "✓ proven", "✓ proven", "✓ proven", "○ linked", "○ linked"], Marks(new CopyVerification(head, result, null)));
        Assert.Equal(["✓ proven", "✗ differs", "✓ proven", "✓ proven", "? unproven", "? unproven"], Marks(new CopyVerification(head, result, conflict)));
        // Of the chain itself nothing is another where the SSH key alone is.
        var key = new CopyVerification(head, result, conflict with { Verdict = "HOSTKEY" });
        Assert.Equal(Marks(new CopyVerification(head, result, null)), Marks(key));
        var banner = AuditBanner.Of(key, Fleet.Control.Audit.State("web01"), null, Fleet.Time.GetUtcNow(), TimeZoneInfo.Utc, ascii: false);
        Assert.Equal(("verdict.bad", null), (banner.Scope, banner.FirstBad));

        string[] Marks(CopyVerification found) => [.. new long[] { 9, 10, 11, 19, 20, 29 }.Select(
            seq => AuditLink.Of(AuditLine.Of("web01", Fleet.Control.Audit.Entry("web01", seq), TimeZoneInfo.Utc), found, ascii: false).Mark)];
    }

    [Fact]
    public async Task Of_a_contradicted_copy_the_marks_the_detail_o_and_x_say_one_and_the_same()
    {
        Fleet.Chain("web01", 30, signed: 20);
        var ours = Fleet.Control.Audit.Entry("web01", 10).Line.ToArray();
        var theirs = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(ours).Replace("\"exit_code\": 1", "\"exit_code\": 0", StringComparison.Ordinal));
        Fleet.Control.Cache.Conflicts.Keep("web01", "c0ffee00c0ffee00", 10, "HASH", "entry #10 was changed after it was seen", (byte[])[.. ours, (byte)'\n'], (byte[])[.. theirs, (byte)'\n']);
        Fleet.Known("web01", "");
        var screen = await StartAsync("TAMPERED at #10", 200, 50);
        Assert.Matches("›\\s+#29 .* [?] unproven", screen.Text);
        Assert.Contains("The copy is contradicted from #10 on. Which of the two is true, neither can show. After the last signed checkpoint (#21)", Detail());
        screen.Press("b");
        foreach (var row in new[] { "›\\s+#10 .* ✗ differs", " #9 .* ✓ proven", " #11 .* ✓ proven", " #20 .* ✓ proven", " #21 .* [?] unproven" })
            Assert.Matches(row, screen.Text);
        Assert.Contains("Contradicted: entry #10 was changed after it was seen. Under the signed checkpoints up to #21; o proves it. "
            + "- as it was seen, + as the host has it now - exit_code: 1 + exit_code: 0", Detail());
        Assert.Contains("the host's line in its place {\"chain\"", Detail());
        screen.Press("o");
        await screen.WaitForText("Proven by the checkpoint #21");
        Assert.Contains("Contradicted: entry #10 was changed after it was seen. Proven by the checkpoint #21", Detail());
        screen.Press("Up");
        Assert.Contains("The copy is contradicted from #10 on. Under the signed checkpoints up to #21; o proves it.", Detail());
        screen.Resize(100, 50).Press("x");
        Assert.Contains("- the host has given something that contradicts this copy: what is signed here stands, unless someone had an earlier key; "
            + "of the rest, which of the two is true neither can show.", Words(screen.Text));

        string Detail() => Words(string.Join('\n', screen.Text.Split('\n').Select(row => row[(row.IndexOf('│') + 1)..])));

        string Words(string text) => string.Join(' ', text.Split([' ', '│', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task An_altered_entry_is_found_and_what_comes_after_is_unproven()
    {
        Fleet.Chain("web01", 700, altered: 120).Known("web01", "");
        var screen = await StartAsync("TAMPERED at #120: stored ≠ computed");
        Assert.Contains("120 entries before it are whole, what comes after is unproven", screen.Text);
        Assert.DoesNotContain("○ linked", screen.Text);
        screen.Press("b");
        await screen.WaitForText("✗ broken");
        Assert.Contains("›     #120", screen.Text);
        Assert.Contains("○ linked", screen.Text);
        Assert.Contains("? unproven", screen.Text);
    }

    [Fact]
    public async Task A_rollback_is_said_in_words_with_its_evidence()
    {
        Fleet.Chain("web01", 30);
        Fleet.Control.Cache.Conflicts.Keep("web01", "c0ffee00c0ffee00", 20, "ROLLBACK", "the host's chain ends at #19", new byte[] { 1 }, new byte[] { 2 });
        Fleet.Known("web01", "");
        var screen = await StartAsync("ROLLBACK: head older than #29 seen 12:02");
        Assert.Contains("On the host; the copy held here is whole. Both versions: ", screen.Text);
        screen.Press(":").Type("audit.resolve").Press("Enter");
        await screen.WaitForText("Type web01 to confirm");
        screen.Press("Enter");
        Assert.Single(Fleet.Control.Audit.Conflicts("web01"));
    }

    [Fact]
    public async Task Who_resolves_is_shown_each_contradiction_and_the_key_that_is_pinned_then()
    {
        Fleet.Chain("web01", 30);
        var conflicts = Fleet.Control.Cache.Conflicts;
        conflicts.Keep("web01", "c0ffee00c0ffee00", 29, "HOSTKEY", "the SSH key is another", "SHA256:first"u8.ToArray(), "SHA256:other"u8.ToArray());
        conflicts.Keep("web01", "c0ffee00c0ffee00", 12, "FORK", "alice@laptop has seen another entry", new byte[] { 1 }, new byte[] { 2 }, "web02");
        Fleet.Known("web01", "");
        var screen = await StartAsync("FORK");
        screen.Press(":").Type("audit.resolve").Press("Enter");
        await screen.WaitForText("Type web01 to confirm");
        foreach (var words in (string[])["HOSTKEY at #29", "SHA256:other", "FORK at #12", "chain of web02"])
            Assert.Contains(words, screen.Text);
    }

    [Fact]
    public async Task The_verdicts_of_signatures_are_said_in_words_and_are_not_green()
    {
        foreach (var (verdict, words) in new[]
        {
            ("BADSIG", "✗ BADSIG at #20: the signature does not hold"), ("ROOT", "✗ ROOT at #20: what was signed is not what the entries are"),
            ("RATCHET", "✗ RATCHET at #20: signed by a key that was not in force there"), ("FORK", "✗ FORK at #20: another entry than the one seen 12:02"),
            ("REPLACED", "✗ REPLACED: another chain than the one seen 12:02"), ("LINK", "✗ TAMPERED at #20: it does not follow the entry before it (LINK)"),
        })
        {
            Fleet.Chain(verdict, 30);
            Fleet.Control.Cache.Conflicts.Keep(verdict, "c0ffee00c0ffee00", 20, verdict, "found so", new byte[] { 1 }, new byte[] { 2 });
            Fleet.Known(verdict, "");
            var screen = Fleet.Start(120, 40).Press("/").Type(verdict).Press("Enter").Press("5");
            await screen.WaitForText(words);
            Assert.DoesNotContain("VERIFIED", screen.Text);
        }
    }

    [Theory]
    [InlineData(Verdict.Overdue, "! OVERDUE at #3: the agent ran without signing a checkpoint", "verdict.stale", "linked")]
    [InlineData(Verdict.BadSig, "✗ BADSIG at #3: the signature does not hold, or is by no key of this chain", "verdict.bad", "broken")]
    [InlineData(Verdict.Ratchet, "✗ RATCHET at #3: signed by a key that was not in force there", "verdict.bad", "broken")]
    [InlineData(Verdict.Root, "✗ ROOT at #3: what was signed is not what the entries are", "verdict.bad", "broken")]
    [InlineData(Verdict.Torn, "✗ INCOMPLETE at #3: the last entry is cut off (TORN)", "verdict.bad", "broken")]
    public void A_finding_over_the_copy_is_said_in_words(Verdict verdict, string words, string scope, string link)
    {
        Fleet.Chain("web01", 5).Known("web01", "");
        var head = Fleet.Control.Audit.Head("web01");
        var found = new CopyVerification(head, new VerifyResult(5, 3, null, verdict, 4, "so it is", 0), null);
        var banner = AuditBanner.Of(found, Fleet.Control.Audit.State("web01"), Fleet.Control.Monitor.Current.Host("web01"), Fleet.Time.GetUtcNow(), TimeZoneInfo.Utc, ascii: false);
        Assert.Equal(words, banner.Text);
        Assert.Equal(scope, banner.Scope);
        Assert.Equal(3, banner.FirstBad);
        var line = AuditLine.Of("web01", Fleet.Control.Audit.Entry("web01", 3), TimeZoneInfo.Utc);
        Assert.EndsWith(link, AuditLink.Of(line, found, ascii: false).Mark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contradiction_is_told_with_what_to_do_next_on_a_small_terminal_too()
    {
        Fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED", 80, 24);
        var folder = $"/home/kim/.local/state/cc-console/{new string('x', 60)}/conflict-20261121T195058Z";
        Fleet.Shell!.Toasts.Fail($"web01: HASH: entry #2 was changed after it was seen at 2026-11-21 19:50 UTC: its hash is {new string('a', 64)} and the line's is {new string('b', 64)}",
            $"Both versions are kept in {folder}. Find out what happened on the host, then: cc-console audit resolve web01");
        Assert.Contains("✗ web01: HASH: entry #2 was changed", screen.Settle().Press("Down").Text);
        Assert.EndsWith("audit resolve web01", string.Join(' ', screen.Text.Split('\n')[..^1].Select(row => row.Trim())), StringComparison.Ordinal);
    }
}
