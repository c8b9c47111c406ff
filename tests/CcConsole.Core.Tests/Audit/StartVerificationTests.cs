using CcConsole.Core.Audit;
using CcConsole.Core.Tests.Audit.Checkpoints;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

/// <summary>What an agent writes at a start before it says that it has started: no checkpoint was due of it, and what is due of it later is still found.</summary>
public sealed class StartVerificationTests
{
    private const long Minute = 60_000_000;

    public static TheoryData<string> Starts => new("recovered", "rotate recovered", "recovered recovered", "recovered recovered rotate", "rotate recovered shrunk key_next checkpoint",
        "shrunk key_next checkpoint", "recovered shrunk key_next checkpoint rotate recovered", "shrunk key_next checkpoint shrunk key_next checkpoint", "rotate", "rotate rotate", "");

    [Theory]
    [MemberData(nameof(Starts))]
    public void No_checkpoint_is_overdue_wherever_a_start_after_a_boot_ends_or_is_cut(string events)
    {
        using var chain = LongRun();
        var run = chain.Lines;
        Boot(chain);
        Play(chain, events);
        chain.Start("b008");
        chain.Rounds(1, 1);
        IsGood(chain, run);
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void No_checkpoint_is_overdue_wherever_a_start_after_an_outage_without_a_boot_ends_or_is_cut(string events)
    {
        using var chain = LongRun();
        var run = chain.Lines;
        chain.Mono += 48 * 60 * Minute;
        Play(chain, events);
        chain.Start("b007");
        chain.Rounds(1, 1);
        IsGood(chain, run);
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void What_a_run_left_unsigned_before_such_a_start_is_overdue(string events)
    {
        foreach (var boot in new[] { true, false })
        {
            using var chain = LongRun();
            chain.Mono += 16 * Minute;
            chain.Jobs(1);
            var late = chain.Lines;
            if (boot)
                Boot(chain);
            Play(chain, events);
            chain.Start(boot ? "b008" : "b007");
            chain.Rounds(1, 1);
            IsLate(chain, late, late);
        }
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void What_is_left_unsigned_after_such_a_start_is_overdue_said_or_not(string events)
    {
        foreach (var said in new[] { true, false })
        {
            // Without a word of its own, a new segment is none of a start.
            if (!said && !events.Contains("recovered", StringComparison.Ordinal) && !events.Contains("shrunk", StringComparison.Ordinal))
                continue;
            using var chain = LongRun();
            Boot(chain);
            Play(chain, events);
            if (said)
                chain.Start("b008");
            chain.Jobs(2);
            chain.Mono += 16 * Minute;
            chain.Jobs(1);
            var late = chain.Lines;
            chain.Add(AuditEvents.Recovered);
            chain.Start("b008");
            chain.Rounds(1, 1);
            IsLate(chain, late, late);
        }
    }

    [Fact]
    public void A_new_segment_in_the_middle_of_a_run_is_no_excuse()
    {
        using var chain = LongRun();
        chain.Mono += 16 * Minute;
        chain.Add(AuditEvents.Rotate);
        chain.Jobs(1);
        IsLate(chain, chain.Lines, chain.Lines);
        chain.Rounds(1, 3);
        Assert.Equal(Verdict.Overdue, SignedChain.Verify(chain.Bytes).Verdict);
    }

    /// <summary>One of 48 hours with all its checkpoints but for the last moments.</summary>
    private static SignedChain LongRun()
    {
        var chain = new SignedChain().Rounds(1, 10);
        chain.Mono += 48 * 60 * Minute;
        chain.Start("b007");
        chain.Rounds(1, 10).Jobs(3);
        return chain;
    }

    private static void Boot(SignedChain chain)
    {
        chain.WallAhead += chain.Mono + Minute;
        chain.Mono = 3_000_000;
    }

    private static void Play(SignedChain chain, string events)
    {
        foreach (var name in events.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == "key_next")
                chain.Announce();
            else if (name == "checkpoint")
                chain.Seal();
            else
                chain.Add("audit." + name, new AuditMember("offset", 7));
        }
    }

    /// <summary>However far it has come, and wherever a pull has cut it.</summary>
    private static void IsGood(SignedChain chain, int from)
    {
        foreach (var (lines, cut, result) in Ways(chain, from))
            Assert.True((result.Verdict, result.Warnings.Count) == (Verdict.Unanchored, 0), $"{lines} lines, cut at {cut}: {result.Verdict}, {result.Message}");
        Assert.Equal(Verdict.Unanchored, SignedChain.Verify(chain.Bytes).Verdict);
    }

    private static void IsLate(SignedChain chain, int from, int line)
    {
        foreach (var (lines, cut, result) in Ways(chain, from))
        {
            Assert.True(result.Verdict == Verdict.Overdue, $"{lines} lines, cut at {cut}: {result.Verdict}, {result.Message}");
            Assert.Contains($"line {line} was written more than 15 minutes after", result.Message, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(int Lines, int Cut, VerifyResult Result)> Ways(SignedChain chain, int from)
    {
        var bytes = chain.Bytes;
        int[] ends = [0, .. Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == '\n').Select(i => i + 1)];
        for (var lines = from; lines < ends.Length; lines++)
        {
            for (var cut = from; cut <= lines; cut++)
            {
                var verifier = ChainVerifier.Start();
                verifier.Append(bytes.AsSpan(0, ends[cut]));
                verifier.Append(bytes.AsSpan(ends[cut], ends[lines] - ends[cut]));
                yield return (lines, cut, verifier.Finish());
            }
        }
    }
}
