using CcConsole.Core.Audit;
using CcConsole.Core.Tests.Audit.Checkpoints;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

/// <summary>A clock that was set is a warning: it breaks no link and no hash.</summary>
public sealed class ClockTests
{
    private const long Hour = 3_600_000_000;

    [Theory]
    [InlineData(Hour)]
    [InlineData(-Hour)]
    [InlineData(61_000_000)]
    public void A_clock_that_is_set_while_the_host_runs_is_told_at_its_line(long by)
    {
        using var chain = new SignedChain().Rounds(3, 700);
        chain.WallAhead += by;
        chain.Rounds(3, 700);
        var result = SignedChain.Verify(chain.Bytes);
        Assert.Equal((Verdict.Clock, null, 0, 2), (result.Verdict, result.FirstBad, result.ExitCode(), result.ExitCode(anchorRequired: true)));
        Assert.Equal([3 * 702 + 2L], result.Warnings.Select(warning => warning.Line));
        Assert.Contains(by > 0 ? "set forward by" : "set back by", result.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.Clock, SignedChain.Verify(chain.Bytes, new RememberedHead(chain.Seq, chain.Head)).Verdict);
    }

    [Theory]
    [InlineData("1795190201.619942", "81", 1_795_190_201_619_942, 81)]
    [InlineData("1795190201.6", "12345678", 1_795_190_201_600_000, 12345678)]
    [InlineData("1795190201.0", "123456789012345", 1_795_190_201_000_000, 123456789012345)]
    [InlineData("0.0001", "0", 100, 0)]
    [InlineData("7", "1234567", 7_000_000, 1234567)]
    [InlineData("179519020x.619942", "1234x678", -1, -1)]
    [InlineData("1795190201.61994x", "12345678x", -1, -1)]
    [InlineData("1795190201x619942", "1234567890123456", -1, -1)]
    [InlineData("1.5e+16", "-5", -1, -1)]
    [InlineData("true", "\"12345678\"", -1, -1)]
    public void The_clocks_are_read_from_their_spelling_and_from_no_other(string timestamp, string mono, long wall, long micros)
    {
        var line = System.Text.Encoding.ASCII.GetBytes(timestamp + mono);
        var found = new EntryLine { Time = 0, TimeLength = timestamp.Length, Mono = timestamp.Length, MonoLength = mono.Length };
        Assert.Equal(new EntryClock(wall, micros), EntryClock.Of(line, found));
    }

    [Fact]
    public void Numbers_of_every_length_are_read()
    {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var number = random.NextInt64((long)Math.Pow(10, 1 + i % 15));
            var line = System.Text.Encoding.ASCII.GetBytes($"{number}");
            Assert.Equal(number, EntryClock.Of(line, new EntryLine { MonoLength = line.Length }).Mono);
        }
    }

    [Fact]
    public void A_clock_that_is_set_by_less_is_not_worth_a_word()
    {
        using var chain = new SignedChain().Rounds(2, 100);
        chain.WallAhead += 59_000_000;
        chain.Rounds(2, 100);
        Assert.Equal(Verdict.Unanchored, SignedChain.Verify(chain.Bytes).Verdict);
    }

    [Fact]
    public void A_host_that_was_booted_begins_its_monotonic_clock_anew_also_when_its_start_heals_first()
    {
        using var chain = new SignedChain().Rounds(2, 700);
        var end = chain.Wall;
        chain.Mono = 4_000_000;
        chain.WallAhead = end + (2 * Hour) - chain.Mono;
        chain.Add(AuditEvents.Recovered, new AuditMember("offset", 7));
        chain.Start("other");
        chain.Rounds(2, 700);
        Assert.Equal(Verdict.Unanchored, SignedChain.Verify(chain.Bytes).Verdict);
        chain.Start("other");
        chain.Mono -= 5_000_000;
        chain.Jobs(5);
        Assert.Equal(Verdict.Clock, SignedChain.Verify(chain.Bytes).Verdict);
    }

    [Theory]
    [InlineData(AuditEvents.Recovered, 0)]
    [InlineData(AuditEvents.Recovered, 900)]
    [InlineData(AuditEvents.Shrunk, 0)]
    [InlineData(AuditEvents.Rotate, 0)]
    public void After_a_recovery_in_the_middle_of_a_run_a_clock_that_is_set_is_told_at_its_line(string recovery, int between)
    {
        using var chain = new SignedChain().Rounds(2, 700);
        chain.Add(recovery, new AuditMember("offset", 7));
        chain.Jobs(between);
        chain.WallAhead += Hour;
        chain.Jobs(1);
        var set = chain.Lines;
        chain.Rounds(3, 700);
        Assert.Equal([(long)set], SignedChain.Verify(chain.Bytes).Warnings.Select(warning => warning.Line));

        // One that was set at that very moment shows at the first entry that no start would write before it says so.
        chain.WallAhead += Hour;
        chain.Add(recovery, new AuditMember("offset", 7));
        chain.Jobs(1);
        Assert.Equal([(long)set, chain.Lines], SignedChain.Verify(chain.Bytes).Warnings.Select(warning => warning.Line));
    }

    [Fact]
    public void A_start_that_goes_on_in_a_new_segment_after_a_boot_is_no_clock_that_goes_back()
    {
        using var chain = new SignedChain().Rounds(2, 700);
        var end = chain.Wall;
        chain.Mono = 4_000_000;
        chain.WallAhead = end + (2 * Hour) - chain.Mono;
        chain.Add(AuditEvents.Rotate, new AuditMember("entries", 7));
        chain.Add(AuditEvents.Recovered, new AuditMember("offset", 7));
        chain.Start("other");
        chain.Rounds(2, 700);
        Assert.Equal(Verdict.Unanchored, SignedChain.Verify(chain.Bytes).Verdict);
    }

    [Fact]
    public void Time_that_goes_back_from_one_boot_to_the_next_is_told()
    {
        using var chain = new SignedChain().Rounds(2, 10);
        chain.Mono = 4_000_000;
        chain.WallAhead -= Hour;
        chain.Start("other");
        chain.Jobs(5);
        Assert.Equal([26L], SignedChain.Verify(chain.Bytes).Warnings.Select(warning => warning.Line));
    }

    [Fact]
    public void A_finding_comes_before_a_warning()
    {
        using var chain = new SignedChain().Rounds(2, 10);
        chain.WallAhead += Hour;
        chain.Jobs(3);
        var bytes = chain.Bytes;
        bytes[^200] ^= 2;
        var result = SignedChain.Verify(bytes);
        Assert.Equal(Verdict.Hash, result.Verdict);
        Assert.Single(result.Warnings);
    }

    [Fact]
    public void No_more_than_twenty_warnings_are_kept()
    {
        using var chain = new SignedChain();
        for (var i = 0; i < 30; i++)
        {
            chain.WallAhead += i % 2 == 0 ? Hour : -Hour;
            chain.Jobs(1);
        }
        Assert.Equal(20, SignedChain.Verify(chain.Bytes).Warnings.Count);
    }

    [Fact]
    public void Many_outages_that_are_remembered_do_not_hide_a_clock_that_was_set()
    {
        using var chain = new SignedChain().Rounds(1, 1);
        for (var i = 0; i < 25; i++)
        {
            chain.Mono += 16L * 60 * 1_000_000;
            chain.Rounds(1, 1);
        }
        Assert.Equal(Verdict.Ok, SignedChain.Verify(chain.Bytes, new RememberedHead(chain.Seq, chain.Head)).Verdict);
        chain.WallAhead += Hour;
        chain.Jobs(1);
        var result = SignedChain.Verify(chain.Bytes, new RememberedHead(chain.Seq, chain.Head));
        Assert.Equal((Verdict.Clock, 20, 21), (result.Verdict, result.Warnings.Count(warning => warning.Of == Verdict.Overdue), result.Warnings.Count));
        Assert.Contains("set forward by", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_live_host_whose_agent_has_a_key_and_signs_nothing_with_it_is_OVERDUE_also_before_the_first_checkpoint(bool fromStart)
    {
        using var chain = new SignedChain(fromStart);
        chain.Jobs(5);
        if (!fromStart)
            chain.Announce();
        var named = DateTimeOffset.UnixEpoch.AddMicroseconds(fromStart ? chain.Wall - 500_000 : chain.Wall);
        chain.Jobs(5);
        var found = SignedChain.Verify(chain.Bytes);
        Assert.Equal(named, found.SignedAt);
        Assert.Same(found, found.Live(named.AddMinutes(14)));
        var overdue = found.Live(named.AddMinutes(16));
        Assert.Equal((Verdict.Overdue, found.SignedSince + 1, 2), (overdue.Verdict, overdue.FirstBad, overdue.ExitCode()));

        // A pull that goes on behind it knows that still.
        var later = ChainVerifier.Start(KnownChain.Parse(SignedVerificationTests.Known(chain.Bytes).Text)).Finish();
        Assert.Equal(Verdict.Overdue, later.Live(named.AddMinutes(16)).Verdict);
    }

    [Fact]
    public void A_live_host_and_an_old_copy_get_their_words_only_when_nothing_is_wrong()
    {
        using var chain = new SignedChain().Rounds(2, 10);
        var good = SignedChain.Verify(chain.Bytes);
        var last = good.LastCheckpoint!.Time!.Value;
        Assert.Same(good, good.Live(last.AddMinutes(14)));
        Assert.Equal((Verdict.Overdue, good.LastCheckpoint.Size + 1, 2), (good.Live(last.AddMinutes(16)).Verdict, good.Live(last.AddMinutes(16)).FirstBad, good.Live(last.AddMinutes(16)).ExitCode()));
        Assert.Same(good, good.Aged(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)));
        Assert.Equal((Verdict.Stale, 2), (good.Aged(TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(5)).Verdict, good.Aged(TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(5)).ExitCode()));
        foreach (var (age, most, words) in ((double, double, string)[])[
            (360, 300, "the copy is 6 minutes old, and the limit was 5 minutes"), (61.5, 61, "the copy is 62 seconds old, and the limit was 61 seconds"),
            (59.2, 1, "the copy is 60 seconds old, and the limit was 1 second"), (90_000.5, 86_400, "the copy is 26 hours old, and the limit was 1 day"),
            (1.5, 0.5, "the copy is 1500 milliseconds old, and the limit was 500 milliseconds"), (60e9, 60, "how old the copy is, is not known, and the limit was 1 minute")])
        {
            Assert.EndsWith("; " + words, good.Aged(TimeSpan.FromSeconds(age), TimeSpan.FromSeconds(most)).Message, StringComparison.Ordinal);
        }
        // A host's clock that is behind makes nothing overdue, and one that is ahead hides nothing.
        var behind = good.Live(last.AddMinutes(20), TimeSpan.FromMinutes(-18));
        Assert.Equal((Verdict.Clock, null, 0), (behind.Verdict, behind.FirstBad, behind.ExitCode()));
        Assert.Contains("clock is 18 minutes behind", behind.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.Overdue, good.Live(last.AddMinutes(20), TimeSpan.FromMinutes(-4)).Verdict);
        // Nor does one that is behind excuse without end.
        Assert.Equal(Verdict.Clock, good.Live(last.AddHours(12), TimeSpan.FromHours(-12)).Verdict);
        foreach (var (minutes, ahead) in new[] { (721, -720), (500_000, -500_000), (500_000, -600_000) })
        {
            var excused = good.Live(last.AddMinutes(minutes), TimeSpan.FromMinutes(ahead));
            Assert.Equal((Verdict.Overdue, good.LastCheckpoint.Size + 1, 2), (excused.Verdict, excused.FirstBad, excused.ExitCode()));
            Assert.Contains($"is {minutes} minutes old by the clock here; that the host's clock is {-ahead} minutes behind excuses no more than 12 hours", excused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(Verdict.Overdue, good.Live(last.AddMinutes(-2), TimeSpan.FromMinutes(18)).Verdict);
        var bytes = chain.Bytes;
        bytes[40] ^= 1;
        var bad = SignedChain.Verify(bytes);
        Assert.Same(bad, bad.Live(last.AddDays(1)).Aged(TimeSpan.FromDays(2), TimeSpan.FromDays(1)));
    }
}
