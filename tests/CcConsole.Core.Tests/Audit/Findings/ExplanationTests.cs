using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Core.Audit.Findings;
using CcConsole.Core.Audit.Segments;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Findings;

/// <summary>The words below each verdict, one by one: they must claim what was checked, and no more.</summary>
public sealed class ExplanationTests
{
    private const string Keep = "keep these bytes as they are, and hold them against copies elsewhere: a console's (cc-console audit verify --live), the collector's";
    private const string Root = "an entry tells what the agent was told or saw; what was written after someone became root on the host is unverifiable, signed or not";
    private const string Unsigned = "nothing in it is signed: only who remembers a head can tell it from one written anew";
    private const string Unproven = "no checkpoint lies before that: only who remembers a head can tell what stands there from something written anew";
    private const string Keys = Explanation.EarlierKeys;
    private const string SignedTo8800 =
        "#0 to #8800 are signed by the chain's keys, the last time at 2026-11-21 13:05 UTC by #8801: who took over the host after that, and had no earlier key, cannot have changed them in this chain";

    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Hash32 Head = Sha256.Hash("head"u8);
    private static readonly VerifiedCheckpoint Last = new(8801, 8801, Head, Noon.AddMinutes(65));
    private static readonly VerifyResult Good = new(8842, 8842, Head, Verdict.Ok, null, "", 0) { Anchored = true };
    private static readonly VerifyResult Signed = Good with { SignedSince = 0, Checkpoints = 9, LastCheckpoint = Last };

    [Fact]
    public void OK_against_a_head_that_the_person_gave() => Says(
        new VerifyFinding { Result = Good, Anchor = Anchor(AnchorSource.Given, 8790) },
        [
            "#0 to #8841 are whole, and each follows the one before",
            "#8789 is the one that you remember: nothing up to it was changed, taken out or written anew since",
        ],
        [
            Unsigned,
            "#8790 to #8841 are linked, but neither signed nor remembered: who can write the log can have written them anew",
            Root,
        ],
        null);

    [Fact]
    public void OK_of_a_signed_chain_that_a_host_has_now() => Says(
        new VerifyFinding { Result = Signed, Anchor = Anchor(AnchorSource.Console, 8790, Noon), TakenAt = Noon.AddHours(2) },
        [
            "#0 to #8841 are whole, and each follows the one before",
            "#8789 is the one that this console saw at 2026-11-21 12:00 UTC: nothing up to it was changed, taken out or written anew on the host since",
            SignedTo8800,
        ],
        ["#8801 to #8841 are linked, but neither signed nor remembered: who can write the log can have written them anew", Keys, Root],
        null);

    [Fact]
    public void OK_of_the_copy_of_a_signed_chain() => Says(
        new VerifyFinding { Result = Signed, Anchor = Anchor(AnchorSource.Copy, 8842, Noon), TakenAt = Noon },
        [
            "#0 to #8841 are whole, and each follows the one before",
            "#8841 is the head that this console remembers from its pull at 2026-11-21 12:00 UTC: the copy is what was verified then",
            SignedTo8800,
        ],
        ["#8801 to #8841 are linked but not signed: who took over the host before the pull at 2026-11-21 12:00 UTC can have written them anew until then", Keys, Root],
        null);

    [Fact]
    public void OK_of_the_hosts_own_log() => Says(
        new VerifyFinding { Result = Good, Anchor = Anchor(AnchorSource.Host, 8842) },
        [
            "#0 to #8841 are whole, and each follows the one before",
            "#8841 is the one that the host's own head file names: a log that was cut short would show",
        ],
        [Unsigned, "the head file lies beside the log: who can write both can write the chain anew, and only what others remember of it shows that", Root],
        null);

    [Fact]
    public void UNANCHORED() => Says(
        new VerifyFinding { Result = Good with { Verdict = Verdict.Unanchored } },
        ["#0 to #8841 are whole, and each follows the one before"],
        ["nothing remembered was given: entries cut off at the end, or a chain written anew from its start, would not show", Unsigned, Root],
        "keep the head, and give it as --remembered the next time; or let a console remember: cc-console audit pull");

    [Theory]
    [InlineData(Verdict.Unanchored)]
    [InlineData(Verdict.Clock)]
    [InlineData(Verdict.Stale)]
    public void What_is_remembered_of_entries_that_were_pruned_proves_nothing_and_is_not_good(Verdict verdict)
    {
        var finding = new VerifyFinding { Result = Good with { Verdict = verdict, FirstSeq = 700, Anchored = false }, Anchor = Anchor(AnchorSource.Given, 500) };
        Assert.Equal(["#700 to #9541 are whole, and each follows the one before"], finding.Explain().Proven);
        Assert.Contains("what was remembered, #499, lies before the first entry that is here: whether this is the chain that it was remembered of does not show", finding.Explain().Open);
        Assert.DoesNotContain(finding.Explain().Open, static sentence => sentence.StartsWith("nothing remembered was given", StringComparison.Ordinal));
        Assert.Equal((false, 2, false), (finding.IsGood, finding.ExitCode(), finding.IsAnchored));
        Assert.StartsWith("✗", finding.Lines("f", brief: true, static text => text).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void UNANCHORED_though_signed_from_an_entry_on() => Says(
        new VerifyFinding { Result = Signed with { Verdict = Verdict.Unanchored, SignedSince = 700 } },
        ["#0 to #8841 are whole, and each follows the one before", SignedTo8800],
        [
            "nothing remembered was given: entries cut off at the end, or a chain written anew from its start with keys of its own, would not show",
            "its keys begin with #700: what stands before was signed then for the first time",
            "#8801 to #8841 are linked, but neither signed nor remembered: who can write the log can have written them anew",
            Keys,
            Root,
        ],
        "keep the head, and give it as --remembered the next time; or let a console remember: cc-console audit pull");

    [Fact]
    public void Of_a_pruned_chain_nothing_is_said_of_the_entries_that_are_gone()
    {
        var pruned = Good with { FirstSeq = 700 };
        Assert.Equal(
            ["#700 to #9541 are whole, and each follows the one before", "#8789 is the one that you remember: nothing from #700 up to it was changed, taken out or written anew since"],
            new VerifyFinding { Result = pruned, Anchor = Anchor(AnchorSource.Given, 8790) }.Explain().Proven);
        var before = new VerifyFinding { Result = pruned, Anchor = Anchor(AnchorSource.Given, 700) }.Explain();
        Assert.Equal("#700 names as the one before it the remembered #699", before.Proven[1]);
        Assert.Contains("#0 to #699 are not here: an entry says that they were pruned, and who can write the log can say so", before.Open);
    }

    [Fact]
    public void Where_there_is_no_entry_nothing_was_verified()
    {
        var finding = new VerifyFinding { Result = ChainVerifier.Verify(Stream.Null) };
        Assert.Equal((Verdict.Unanchored, 2, false), (finding.Result.Verdict, finding.ExitCode(), finding.IsGood));
        Assert.Equal("✗ -: UNANCHORED, 0 entries: there is no entry: nothing was verified", finding.Lines("-", brief: true, static text => text).First());
    }

    [Fact]
    public void Of_a_pruned_chain_the_first_key_is_what_the_entry_says_that_tells_of_it()
    {
        var open = new VerifyFinding { Result = Signed with { Verdict = Verdict.Unanchored, FirstSeq = 700, SignedSince = 700 } }.Explain().Open;
        Assert.Contains(open, static sentence => sentence.StartsWith("the entries before #700 were pruned, and its first key is the one that", StringComparison.Ordinal));
        Assert.DoesNotContain(open, static sentence => sentence.StartsWith("its keys begin with", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Verdict.Hash, "it was changed after it was written, or damaged")]
    [InlineData(Verdict.Link, "it does not belong behind the entry before it")]
    [InlineData(Verdict.Gap, "entries before it are missing")]
    [InlineData(Verdict.Duplicate, "it was put in a second time")]
    [InlineData(Verdict.NonCanonical, "it is no entry as the agent writes them")]
    public void An_entry_that_is_not_what_it_should_be(Verdict verdict, string why) => Says(
        new VerifyFinding { Result = new VerifyResult(20, 7, Head, verdict, 8, "", 0) },
        ["#0 to #6 are whole, and each follows the one before"],
        [$"from #7 on nothing: {why}, and the 12 lines after it can be anything", Unproven],
        Keep);

    [Theory]
    [InlineData(Verdict.BadSig, "its signature is not by a key of this chain, or not of what stands there")]
    [InlineData(Verdict.Root, "it signs other entries than those before it")]
    [InlineData(Verdict.Ratchet, "it is signed with a key whose time it was not")]
    public void A_checkpoint_that_is_not_what_it_should_be_leaves_all_since_the_last_good_one_open(Verdict verdict, string why) => Says(
        new VerifyFinding { Result = new VerifyResult(8842, 8830, Head, verdict, 8831, "", 0) { SignedSince = 0, Checkpoints = 9, LastCheckpoint = Last } },
        ["#0 to #8829 are whole, and each follows the one before", SignedTo8800],
        [
            $"from #8830 on nothing: {why}, so that #8801 to #8829 may have been written anew, and the 11 lines after it can be anything",
            "#8801 to #8829 are linked, but neither signed nor remembered: who can write the log can have written them anew",
            Keys,
        ],
        Keep);

    [Fact]
    public void TORN() => Says(
        new VerifyFinding { Result = new VerifyResult(20, 19, Head, Verdict.Torn, 20, "", 0) },
        ["#0 to #18 are whole, and each follows the one before"],
        ["from #19 on nothing: it is incomplete, as a crash leaves the last line", Unsigned],
        "a crash leaves such an end, and the agent attests it at its next start: verify again then");

    [Fact]
    public void ROLLBACK() => Says(
        new VerifyFinding { Result = new VerifyResult(15, 15, Head, Verdict.Rollback, 16, "", 0), Anchor = Anchor(AnchorSource.Given, 20) },
        ["#0 to #14 are whole, and each follows the one before"],
        ["#15 to #19 were remembered and are not here: taken off the end, or an old copy was put in the log's place", Unsigned],
        Keep);

    [Fact]
    public void FORK_claims_nothing_of_the_entries() => Says(
        new VerifyFinding { Result = new VerifyResult(20, 20, Head, Verdict.Fork, 15, "", 0), Anchor = Anchor(AnchorSource.Given, 15) },
        ["#0 to #19 are whole, and each follows the one before"],
        ["#14 is whole but is not the one remembered: somewhere up to it the chain was written anew, and which of its entries are true it cannot show"],
        Keep);

    [Fact]
    public void REPLACED_claims_nothing_of_the_entries() => Says(
        new VerifyFinding { Result = new VerifyResult(1, 1, Head, Verdict.Replaced, 1, "", 0), Anchor = Anchor(AnchorSource.Console, 15, Noon) },
        ["#0 is whole"],
        ["it is another chain than the one remembered, from its first entry on: what was recorded before is not in it"],
        Keep);

    [Fact]
    public void OVERDUE() => Says(
        new VerifyFinding { Result = Signed with { Verdict = Verdict.Overdue, FirstBad = 8842 } },
        ["#0 to #8841 are whole, and each follows the one before", SignedTo8800],
        [
            "a checkpoint is missing where one was due: until the next one, who took over the host in that time can have written the entries anew",
            "#8801 to #8841 are linked, but neither signed nor remembered: who can write the log can have written them anew",
            Keys,
        ],
        "see whether the agent's daemon runs, and what the chain says of that time: agent.stopped, agent.started, audit.gap");

    [Fact]
    public void CLOCK() => Says(
        new VerifyFinding
        {
            Result = new VerifyResult(3, 3, Head, Verdict.Clock, null, "", 0) { Anchored = true, Warnings = [new VerifyWarning(2, "the clock was set")] },
            Anchor = Anchor(AnchorSource.Given, 3),
        },
        ["#0 to #2 are whole, and each follows the one before", "#2 is the one that you remember: nothing up to it was changed, taken out or written anew since"],
        ["#1: the clock was set; the times of entries are what the host's clock said, their order is proven without them", Unsigned, Root],
        null);

    [Fact]
    public void STALE() => Says(
        new VerifyFinding { Result = Good with { Verdict = Verdict.Stale }, Anchor = Anchor(AnchorSource.Copy, 8842, Noon), TakenAt = Noon },
        [
            "#0 to #8841 are whole, and each follows the one before",
            "#8841 is the head that this console remembers from its pull at 2026-11-21 12:00 UTC: the copy is what was verified then",
        ],
        ["what the host has recorded since 2026-11-21 12:00 UTC is not in it", Unsigned],
        "take what is new: cc-console audit pull");

    [Fact]
    public void Bytes_that_no_entry_attests_are_NONCANONICAL()
    {
        var finding = new VerifyFinding { Result = Good, Anchor = Anchor(AnchorSource.Host, 8842), NotAttested = [new TornEnd($"{0:D20}.jsonl", 810, 33, "")] };

        Assert.Equal((Verdict.NonCanonical, 1), (finding.Result.Verdict, finding.ExitCode()));
        Assert.Equal("00000000000000000000.jsonl: 33 bytes from byte 810 belong to no entry, and no entry attests them", finding.Result.Message);
        Assert.Contains("bytes lie in the log that belong to no entry, and no entry says that a crash left them there: someone else than the agent wrote them", finding.Explain().Open);
    }

    [Fact]
    public void A_copy_that_the_host_contradicts_is_not_good_though_it_is_whole()
    {
        var finding = new VerifyFinding { Result = Good, Anchor = Anchor(AnchorSource.Copy, 8842, Noon), Conflict = "entry #5 is another one" };

        Assert.Equal(1, finding.ExitCode());
        Assert.Contains("the host has given something that contradicts this copy: which of the two is true, neither can show", finding.Explain().Open);
        Assert.StartsWith("look at both versions", finding.Explain().Next, StringComparison.Ordinal);
        Assert.StartsWith("✗ ", finding.Lines("web01", brief: true, text => text).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_says_what_was_not_looked_at()
    {
        var range = new RangeFinding(new VerifyResult(7, 7, Head, Verdict.Unanchored, null, "", 0), 0, new ChainRange(3, 9), true, null);
        Says(
            new VerifyFinding { Result = range.Result, Range = range },
            ["#3 to #9 are whole, and each follows the one before", "#3 follows what #2 says of itself", "#10 names the hash of #9"],
            [
                "#0 to #2 and what follows #9 was not verified: whether these entries belong to the chain that begins with #0, and to what is remembered of it, only a verification of all shows",
                Root,
            ],
            null);
        var signed = range with { Range = new ChainRange(0, 9), Signed = new RangeCheckpoint(20, new Checkpoint("cc-agent/x", 20, Head)) };
        Says(
            new VerifyFinding { Result = signed.Result with { Entries = 10, Verified = 10 }, Range = signed },
            [
                "#0 to #9 are whole, and each follows the one before", "#10 names the hash of #9",
                "the lines #0 to #19 are those whose root the checkpoint #20 signs, by a key that the chain announces",
            ],
            ["what follows #9 was not verified: whether that key was the one in force, and the chain's own, only a verification of all shows", Root],
            null);
    }

    [Fact]
    public void The_same_words_stand_below_the_verdict_and_a_brief_finding_has_none()
    {
        var finding = new VerifyFinding { Result = new VerifyResult(20, 7, Head, Verdict.Hash, 8, "line 8 is not what its hash was made of", 0) };

        Assert.Equal(
            [
                "✗ web01.jsonl: HASH, 20 entries: line 8 is not what its hash was made of",
                $"    head 7:{Head}",
                "    proven: #0 to #6 are whole, and each follows the one before",
                "    open:   from #7 on nothing: it was changed after it was written, or damaged, and the 12 lines after it can be anything",
                $"    open:   {Unproven}",
                $"    next:   {Keep}",
            ],
            finding.Lines("web01.jsonl", brief: false, text => text));
        Assert.Equal(2, finding.Lines("web01.jsonl", brief: true, text => text).Count());
    }

    private static ChainAnchor Anchor(AnchorSource source, long count, DateTimeOffset? at = null) => new(source, new RememberedHead(count, Head), at);

    private static void Says(VerifyFinding finding, string[] proven, string[] open, string? next)
    {
        var words = finding.Explain();
        Assert.Equal(proven, words.Proven);
        Assert.Equal(open, words.Open);
        Assert.Equal(next, words.Next);
    }
}
