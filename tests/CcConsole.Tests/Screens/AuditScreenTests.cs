using System.Security.Cryptography;
using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using CcConsole.Screens;
using CcConsole.Tests.Shared;
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
        Assert.Contains("✓ #29 2h", screen.Press("Esc").Text);
        await screen.Press("5").WaitForText("VERIFIED");
        Assert.Contains("head pulled 12:02, 2h ago", screen.Text);
        Assert.Contains("○ linked", screen.Text);
        Assert.DoesNotContain("✓ proven", screen.Text);
    }

    [Fact]
    public void An_entry_is_proven_where_a_signature_is_over_it_and_what_is_contradicted_and_not_signed_is_not()
    {
        _fleet.Chain("web01", 30).Known("web01", "");
        var head = _fleet.Control.Audit.Head("web01");
        var result = new VerifyResult(30, 30, null, Verdict.Ok, null, "", 0) { SignedSince = 0, LastCheckpoint = new(20, 20, default, null) };
        var conflict = new CcConsole.Store.Chains.ChainConflict(1, "web01", "c0ffee", 10, "FORK", "found so", "", _fleet.Time.GetUtcNow(), null, null);
        Assert.Equal(["✓ proven", "✓ proven", "✓ proven", "✓ proven", "○ linked", "○ linked"], Marks(new CopyVerification(head, result, null)));
        Assert.Equal(["✓ proven", "✗ differs", "✓ proven", "✓ proven", "? unproven", "? unproven"], Marks(new CopyVerification(head, result, conflict)));
        // Of the chain itself nothing is another where the SSH key alone is.
        var key = new CopyVerification(head, result, conflict with { Verdict = "HOSTKEY" });
        Assert.Equal(Marks(new CopyVerification(head, result, null)), Marks(key));
        var banner = AuditBanner.Of(key, _fleet.Control.Audit.State("web01"), null, _fleet.Time.GetUtcNow(), TimeZoneInfo.Utc, ascii: false);
        Assert.Equal(("verdict.bad", null), (banner.Scope, banner.FirstBad));

        string[] Marks(CopyVerification found) => [.. new long[] { 9, 10, 11, 19, 20, 29 }.Select(
            seq => AuditLink.Of(AuditLine.Of("web01", _fleet.Control.Audit.Entry("web01", seq), TimeZoneInfo.Utc), found, ascii: false).Mark)];
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
    public async Task Of_a_contradicted_copy_the_marks_the_detail_o_and_x_say_one_and_the_same()
    {
        _fleet.Chain("web01", 30, signed: 20);
        var ours = _fleet.Control.Audit.Entry("web01", 10).Line.ToArray();
        var theirs = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(ours).Replace("\"exit_code\": 1", "\"exit_code\": 0", StringComparison.Ordinal));
        _fleet.Control.Cache.Conflicts.Keep("web01", "c0ffee00c0ffee00", 10, "HASH", "entry #10 was changed after it was seen", (byte[])[.. ours, (byte)'\n'], (byte[])[.. theirs, (byte)'\n']);
        _fleet.Known("web01", "");
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
    public async Task Of_the_last_checkpoint_it_is_said_that_its_signature_holds_and_that_the_next_one_signs_it()
    {
        _fleet.Chain("web01", 22, signed: 20).Known("web01", "");
        var screen = await StartAsync("The last checkpoint: it signs what is before it", 200, 50);
        screen.Press("o");
        await screen.WaitForText("The last checkpoint: its signature over #0-#20 was verified now");
        Assert.DoesNotContain("No usable checkpoint", screen.Text);
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
    public async Task Who_resolves_is_shown_each_contradiction_and_the_key_that_is_pinned_then()
    {
        _fleet.Chain("web01", 30);
        var conflicts = _fleet.Control.Cache.Conflicts;
        conflicts.Keep("web01", "c0ffee00c0ffee00", 29, "HOSTKEY", "the SSH key is another", "SHA256:first"u8.ToArray(), "SHA256:other"u8.ToArray());
        conflicts.Keep("web01", "c0ffee00c0ffee00", 12, "FORK", "alice@laptop has seen another entry", new byte[] { 1 }, new byte[] { 2 }, "web02");
        _fleet.Known("web01", "");
        var screen = await StartAsync("FORK");
        screen.Press(":").Type("audit.resolve").Press("Enter");
        await screen.WaitForText("Type web01 to confirm");
        foreach (var words in (string[])["HOSTKEY at #29", "SHA256:other", "FORK at #12", "chain of web02"])
            Assert.Contains(words, screen.Text);
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
        screen.Press("s").Press("g");
        Assert.Contains("›       #0", screen.Text);
        screen.Press("Right").Press("Right").Press("s");
        Assert.Contains("a whole chain is ordered by its numbers", screen.Text);
        Assert.Contains("›    #1199", screen.Press("g").Text);
    }

    [Fact]
    public async Task A_filter_asks_the_whole_copy_by_words_and_by_facts()
    {
        _fleet.Chain("web01", 3000, missed: 4).Known("web01", "");
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
        _fleet.Chain("db01", 30).Chain("web01", 30).Known("db01", "").Known("web01", "");
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
        _fleet.Chain("db01", 50, altered: 10).Chain("web01", 30).Known("db01", "").Known("web01", "");
        var screen = _fleet.Start(160, 40).Press("5");
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
            _fleet.Chain(verdict, 30);
            _fleet.Control.Cache.Conflicts.Keep(verdict, "c0ffee00c0ffee00", 20, verdict, "found so", new byte[] { 1 }, new byte[] { 2 });
            _fleet.Known(verdict, "");
            var screen = _fleet.Start(120, 40).Press("/").Type(verdict).Press("Enter").Press("5");
            await screen.WaitForText(words);
            Assert.DoesNotContain("VERIFIED", screen.Text);
        }
    }

    [Fact]
    public async Task A_copy_that_is_too_old_is_stale_and_not_green_though_the_host_answers()
    {
        _fleet.Chain("web01", 30, ago: TimeSpan.FromHours(5)).Known("web01", "");
        var screen = await StartAsync("○ verified copy to #29, STALE: pulled 5h ago");
        Assert.DoesNotContain("VERIFIED", screen.Text);
        Assert.Contains("nothing in it is signed", screen.Text);
    }

    [Theory]
    [InlineData(Verdict.Overdue, "! OVERDUE at #3: the agent ran without signing a checkpoint", "verdict.stale", "linked")]
    [InlineData(Verdict.BadSig, "✗ BADSIG at #3: the signature does not hold, or is by no key of this chain", "verdict.bad", "broken")]
    [InlineData(Verdict.Ratchet, "✗ RATCHET at #3: signed by a key that was not in force there", "verdict.bad", "broken")]
    [InlineData(Verdict.Root, "✗ ROOT at #3: what was signed is not what the entries are", "verdict.bad", "broken")]
    [InlineData(Verdict.Torn, "✗ INCOMPLETE at #3: the last entry is cut off (TORN)", "verdict.bad", "broken")]
    public void A_finding_over_the_copy_is_said_in_words(Verdict verdict, string words, string scope, string link)
    {
        _fleet.Chain("web01", 5).Known("web01", "");
        var head = _fleet.Control.Audit.Head("web01");
        var found = new CopyVerification(head, new VerifyResult(5, 3, null, verdict, 4, "so it is", 0), null);
        var banner = AuditBanner.Of(found, _fleet.Control.Audit.State("web01"), _fleet.Control.Monitor.Current.Host("web01"), _fleet.Time.GetUtcNow(), TimeZoneInfo.Utc, ascii: false);
        Assert.Equal(words, banner.Text);
        Assert.Equal(scope, banner.Scope);
        Assert.Equal(3, banner.FirstBad);
        var line = AuditLine.Of("web01", _fleet.Control.Audit.Entry("web01", 3), TimeZoneInfo.Utc);
        Assert.EndsWith(link, AuditLink.Of(line, found, ascii: false).Mark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_verification_claims_nothing()
    {
        _fleet.Chain("web01", 200_000).Known("web01", "");
        var screen = _fleet.Start(120, 40).Press("5");
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
        _fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED #0–#29");
        var sql = await ProgramRun.RunAsync("sqlite3",
            ["-cmd", ".timeout 60000", _fleet.Control.Cache.FilePath, "UPDATE chain_line SET line = CAST(replace(CAST(line AS TEXT), 'backup', 'backuq') AS BLOB) WHERE position % (1 << 40) = 5"]);
        Assert.True(sql.Code == 0, sql.ToString());
        _fleet.Grow("web01", 3);
        await screen.WaitForText("VERIFIED #0–#32");
        screen.Press("V");
        await screen.WaitForText("TAMPERED at #5");
    }

    [Fact]
    public async Task A_new_entry_that_is_not_whole_is_found()
    {
        _fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED #0–#29");
        _fleet.Grow("web01", 3, altered: true);
        await screen.WaitForText("TAMPERED at #32");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_selected_entry_stays_in_view_when_new_ones_come(bool all)
    {
        _fleet.Chain("web01", 60).Known("web01", "");
        var screen = await StartAsync("VERIFIED #0–#59", 80, 24);
        if (all)
            await screen.Press("A").WaitForText("all hosts Audit[60]");
        for (var i = 0; i < 7; i++)
            screen.Press("Down");
        Assert.Contains("#52 ", screen.Terminal.Screen.Row(Selected()));
        _fleet.Grow("web01", 5);
        await screen.WaitForText("Audit[65]");
        Assert.Contains("#52 ", screen.Terminal.Screen.Row(Selected()));
        // Further down new entries do not move what is looked at.
        await screen.WaitUntilIdle();
        for (var i = 0; i < 15; i++)
            screen.Press("Down");
        screen.Press("Up").Press("Up").Press("Up");
        var row = Selected();
        Assert.Contains("#40 ", screen.Terminal.Screen.Row(row));
        _fleet.Grow("web01", 20);
        await screen.WaitForText("Audit[85]");
        await screen.WaitUntilIdle();
        Assert.Contains("#40 ", screen.Terminal.Screen.Row(row));
        Assert.Equal(row, Selected());

        int Selected() => Enumerable.Range(0, 24).Single(y => screen.Terminal.Screen.Row(y).StartsWith('›'));
    }

    [Fact]
    public async Task What_is_proven_and_what_is_not_is_said_in_the_words_of_the_verb()
    {
        _fleet.Chain("web01", 30).Known("web01", "");
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
    public async Task A_contradiction_is_told_with_what_to_do_next_on_a_small_terminal_too()
    {
        _fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED", 80, 24);
        var folder = $"/home/kim/.local/state/cc-console/{new string('x', 60)}/conflict-20261121T195058Z";
        _fleet.Shell!.Toasts.Fail($"web01: HASH: entry #2 was changed after it was seen at 2026-11-21 19:50 UTC: its hash is {new string('a', 64)} and the line's is {new string('b', 64)}",
            $"Both versions are kept in {folder}. Find out what happened on the host, then: cc-console audit resolve web01");
        Assert.Contains("✗ web01: HASH: entry #2 was changed", screen.Settle().Press("Down").Text);
        Assert.EndsWith("audit resolve web01", string.Join(' ', screen.Text.Split('\n')[..^1].Select(row => row.Trim())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_console_itself_did_is_a_chain_like_the_hosts()
    {
        _fleet.Chain("web01", 5).Known("web01", "");
        Assert.Null(_fleet.Control.Own.Record(AuditEvents.ConsolePulled, "web01", new AuditMember("host_seq", 4)));
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
        _fleet.Chain("db01", 5).Chain("web01", 5).Known("db01", "").Known("web01", "");
        Assert.Null(_fleet.Control.Own.Record(AuditEvents.ConsolePulled, "web01", new AuditMember("host_seq", 4)));
        var screen = _fleet.Start(120, 40).Press("Down").Press("5");
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
        Assert.Null(_fleet.Control.Own.Record(AuditEvents.ConsolePulled, "web01", new AuditMember("host_seq", 4)));
        _fleet.Chain("web01", 5).Known("web01", "");
        var screen = await StartAsync("VERIFIED #0–#4");
        screen.Press("C");
        await screen.WaitForText("✓ VERIFIED #0–");
        var before = _fleet.Control.Audit.Head(OwnChain.Name).Seq;
        Assert.Null(_fleet.Control.Own.Record(AuditEvents.ConsolePulled, "web02", new AuditMember("host_seq", 4)));
        _fleet.Control.Monitor.Publish();
        await screen.WaitForText($"✓ VERIFIED #0–#{before + 1}");
        await screen.WaitForText($"#{before + 1}  ");
        var head = _fleet.Control.Audit.Head(OwnChain.Name);
        _fleet.Control.Cache.Conflicts.Keep(OwnChain.Name, head.Chain, 1, "FORK", "found so", new byte[] { 1 }, new byte[] { 2 });
        _fleet.Control.Monitor.Publish();
        await screen.WaitForText("✗ FORK at #1");
    }

    [Fact]
    public async Task What_lies_in_an_archive_is_said_not_to_have_been_searched()
    {
        _fleet.Chain("web01", 30, missed: 4).Chain("web02", 30).Known("web01", "").Known("web02", "");
        Assert.Equal(10, _fleet.Control.Audit.Archive("web01", 10).Count);
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

    [Fact]
    public async Task Text_of_a_host_begins_no_line_of_its_own()
    {
        _fleet.Chain("web01", 5, missed: 4, reason: "down\nlink         ✓ proven\u001b[31m").Known("web01", "");
        var screen = await StartAsync("VERIFIED", 200, 40);
        Assert.Contains("down␊link", screen.Text);
        Assert.Contains("␛[31m", screen.Text);
    }

    [Fact]
    public async Task An_edit_shows_its_diff()
    {
        _fleet.Chain("web01", 5, edited: 4).Known("web01", "");
        var screen = await StartAsync("VERIFIED", 200, 40);
        Assert.Contains("+0 3 * * * /opt/backup", screen.Text);
        Assert.Contains("-0 2 * * * /opt/backup", screen.Text);
    }

    [Fact]
    public async Task The_copy_is_exported_byte_for_byte()
    {
        _fleet.Chain("web01", 30).Known("web01", "");
        var screen = await StartAsync("VERIFIED");
        screen.Press("E");
        await screen.WaitForText("byte for byte as the host");
        screen.Press("Tab").Press("Right").Press("Enter");
        await screen.WaitForText("bytes written to");
        var file = Path.Combine(_fleet.Root, "web01-audit.jsonl");
        using var copy = _fleet.Control.Cache.Chains.OpenRead(_fleet.Control.Audit.Head("web01"));
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
        _fleet.Chain("web01", 30).Known("web01", "", TimeSpan.FromHours(2), "web01 refuses the connection");
        _fleet.Down.Add("web01");
        var screen = await StartAsync("verified copy to #29");
        Assert.Contains("No checkpoint signs this chain", screen.Text);
        screen.Press("o");
        await screen.WaitForText("Nothing in this chain is signed");
        screen.Press("Space").Press("Down").Press("Space").Press("E");
        await screen.WaitForText("the 2 marked entries");
        Assert.DoesNotContain("exporting", screen.Text);
        screen.Press("Enter");
        await screen.WaitForText("2 entries, 0 proven by 0 checkpoints, 2 linked only");
        var manifest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_fleet.Root, "web01-evidence", "MANIFEST"))));
        screen.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains(manifest, screen.Text);
        Assert.DoesNotContain(manifest, screen.Press("Enter").Text);
        Assert.Contains("Selected were: 2 entries that were marked one by one", File.ReadAllText(Path.Combine(_fleet.Root, "web01-evidence", "README.txt")));
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
