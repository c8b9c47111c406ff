using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Core.Tests.Audit.Checkpoints;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

/// <summary>What checkpoints prove, and what is found where they are wrong.</summary>
public sealed class SignedVerificationTests
{
    [Fact]
    public void An_honest_signed_chain_says_since_when_and_how_far_it_is_signed()
    {
        using var chain = new SignedChain().Rounds(12, 391);
        var sealedAt = chain.Seq - 1;
        chain.Jobs(77);
        var result = SignedChain.Verify(chain.Bytes);
        Assert.Equal((Verdict.Unanchored, 0L, 12L), (result.Verdict, result.SignedSince, result.Checkpoints));
        Assert.Equal((sealedAt, sealedAt), (result.LastCheckpoint!.Seq, result.LastCheckpoint.Size));
        Assert.Contains($"12 checkpoints verify, the last over the first {sealedAt} entries, not yet over the 78 after them", result.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.Ok, SignedChain.Verify(chain.Bytes, new RememberedHead(chain.Seq, chain.Head)).Verdict);
    }

    [Fact]
    public void A_chain_without_keys_says_that_nothing_in_it_is_signed()
    {
        var result = SignedChain.Verify(PlainChain.Write(2000));
        Assert.Equal((Verdict.Unanchored, null, 0L), (result.Verdict, result.SignedSince, result.Checkpoints));
        Assert.EndsWith("nothing in it is signed", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a stranger's key", Verdict.BadSig)]
    [InlineData("a changed signature", Verdict.BadSig)]
    [InlineData("a changed note", Verdict.BadSig)]
    [InlineData("no note", Verdict.BadSig)]
    [InlineData("another root", Verdict.Root)]
    [InlineData("another size", Verdict.Root)]
    [InlineData("another origin", Verdict.Root)]
    [InlineData("an old key", Verdict.Ratchet)]
    [InlineData("the next key", Verdict.Ratchet)]
    [InlineData("no announcement", Verdict.Ratchet)]
    [InlineData("an announcement of another name", Verdict.Ratchet)]
    [InlineData("an announcement of no key", Verdict.Ratchet)]
    public void A_wrong_checkpoint_is_found_at_its_line(string wrong, Verdict verdict)
    {
        using var chain = new SignedChain().Rounds(3, 600);
        using var old = SigningKey.Import(SignedChain.Name, chain.Current!.Export());
        chain.Rounds(1, 700).Jobs(50);
        if (wrong != "no announcement" && !wrong.StartsWith("an announcement", StringComparison.Ordinal))
            chain.Announce();
        var right = new Checkpoint(SignedChain.Name, chain.Seq, chain.Tree.Root);
        switch (wrong)
        {
            case "a stranger's key": chain.Seal(key: chain.NewKey()); break;
            case "a changed signature": chain.Note(Changed(chain.Current!.Sign(right).Format(), ^9)); break;
            case "a changed note": chain.Note(Changed(chain.Current!.Sign(right).Format(), SignedChain.Name.Length + 1)); break;
            case "no note": chain.Note(right.Text); break;
            case "another root": chain.Seal(right with { Root = MerkleHash.Empty }); break;
            case "another size": chain.Seal(right with { Size = right.Size - 1 }); break;
            case "another origin": chain.Seal(right with { Origin = "cc-agent/other" }); break;
            case "an old key": chain.Seal(key: old); break;
            case "the next key": chain.Seal(key: chain.Next); break;
            case "no announcement": chain.Seal(); break;
            case "an announcement of another name": chain.Announce(chain.NewKey("cc-agent/other")); break;
            case "an announcement of no key": chain.Add(AuditEvents.KeyNext, new AuditMember("vkey", "none")); break;
        }
        var line = chain.Lines;
        var head = ChainVerifierTests.Verify(First(chain.Bytes, line - 1)).Head;
        chain.Jobs(900);
        var result = SignedChain.Verify(chain.Bytes);
        Assert.Equal((verdict, (long?)line, line - 1L, head, 4L), (result.Verdict, result.FirstBad, result.Verified, result.Head, result.Checkpoints));
        Assert.Equal(First(chain.Bytes, line - 1).Length, result.VerifiedBytes);
        Assert.Equal(chain.Lines, result.Entries);
        Assert.Equal(1, result.ExitCode());
    }

    [Fact]
    public void What_is_found_first_in_the_chain_is_told_also_when_a_signature_is_checked_late()
    {
        using var chain = new SignedChain().Rounds(2, 800);
        chain.Announce();
        chain.Note(Changed(chain.Current!.Sign(new Checkpoint(SignedChain.Name, chain.Seq, chain.Tree.Root)).Format(), ^9));
        var line = chain.Lines;
        chain.Jobs(500);
        var bytes = chain.Bytes;
        bytes[^300] ^= 1;
        for (var i = 0; i < 20; i++)
            Assert.Equal((Verdict.BadSig, (long?)line), (SignedChain.Verify(bytes).Verdict, SignedChain.Verify(bytes).FirstBad));
    }

    [Fact]
    public void Who_rewrites_what_a_checkpoint_covers_without_its_key_is_found_wherever_it_is_done()
    {
        using var chain = new SignedChain().Rounds(3, 10);
        var bytes = chain.Bytes;
        var covered = First(bytes, chain.Lines - 1).Length;
        var tried = 0;
        for (var at = 200; at < covered; at += 11)
        {
            if (Rehashed(bytes, at) is not { } changed)
                continue;
            tried++;
            Assert.True(SignedChain.Verify(changed).Verdict is Verdict.Root or Verdict.BadSig or Verdict.Ratchet, $"at {at}: {Encoding.ASCII.GetString(bytes.AsSpan(at - 30, 60))}");
        }
        Assert.InRange(tried, 200, int.MaxValue);
    }

    [Fact]
    public void A_key_that_is_stolen_signs_nothing_of_before()
    {
        using var chain = new SignedChain().Rounds(2, 40);
        var before = chain.Bytes;
        var known = Known(before);
        chain.Rounds(1, 40);
        // The thief holds the key of now and writes the last interval anew, with a checkpoint of its own.
        using var thief = new SignedChain(start: known) { Mono = 20_000_000 };
        foreach (var line in Lines(before))
            thief.Tree.Append(MerkleHash.Leaf(line));
        // The tree was begun anew by hand: the thief's lines follow those that stay.
        thief.Jobs(30);
        thief.Announce(chain.Current);
        thief.Seal(key: chain.Current);
        Assert.Equal(Verdict.Ratchet, SignedChain.Verify([.. before, .. thief.Bytes]).Verdict);
    }

    [Fact]
    public void Entries_without_a_checkpoint_are_overdue_where_the_chain_is_signed()
    {
        using var chain = new SignedChain().Rounds(2, 1000);
        var signed = chain.Lines;
        chain.Jobs(1200);
        Assert.Equal(Verdict.Unanchored, SignedChain.Verify(chain.Bytes).Verdict);
        var last = chain.Lines;
        chain.Jobs(300);
        var result = SignedChain.Verify(chain.Bytes);
        Assert.Equal((Verdict.Overdue, (long?)signed, chain.Lines, 2), (result.Verdict, result.FirstBad, result.Verified, result.ExitCode()));
        Assert.Contains($"from line {signed} on it was not signed in time: line {last + 1} is the 1201th", result.Message, StringComparison.Ordinal);
        Assert.True(result.Verdict.IsWhole());
        chain.Rounds(1, 0);
        Assert.Equal(Verdict.Overdue, SignedChain.Verify(chain.Bytes).Verdict);
    }

    [Fact]
    public void Time_without_a_checkpoint_is_overdue_within_one_run_and_not_between_two()
    {
        using var chain = new SignedChain().Rounds(2, 10);
        chain.Mono += 16L * 60 * 1_000_000;
        chain.Start("b007");
        chain.Rounds(1, 5);
        var signed = chain.Lines;
        Assert.Equal(Verdict.Unanchored, SignedChain.Verify(chain.Bytes).Verdict);
        chain.Mono += 16L * 60 * 1_000_000;
        chain.Jobs(1);
        var result = SignedChain.Verify(chain.Bytes);
        Assert.Equal((Verdict.Overdue, (long?)signed), (result.Verdict, result.FirstBad));
        Assert.Contains($"line {chain.Lines} was written more than 15 minutes after", result.Message, StringComparison.Ordinal);
        chain.Rounds(1, 5);
        Assert.Equal(Verdict.Overdue, SignedChain.Verify(chain.Bytes).Verdict);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(900)]
    public void Time_without_a_checkpoint_is_overdue_also_where_a_later_entry_is_of_before(int after)
    {
        using var chain = new SignedChain().Rounds(1, 10);
        var signed = chain.Lines;
        chain.Jobs(3);
        chain.Mono += 16L * 60 * 1_000_000;
        chain.Jobs(1);
        var late = chain.Lines;
        chain.Mono -= 16L * 60 * 1_000_000;
        chain.Jobs(after);
        foreach (var remembered in new[] { null, new RememberedHead(chain.Seq, chain.Head) })
        {
            var result = SignedChain.Verify(chain.Bytes, remembered);
            Assert.Equal((Verdict.Overdue, (long?)signed), (result.Verdict, result.FirstBad));
            Assert.Contains($"line {late} was written more than 15 minutes after", result.Message, StringComparison.Ordinal);
        }
        var over = new RememberedHead(chain.Rounds(1, 5).Seq, chain.Head);
        Assert.Equal(Verdict.Overdue, SignedChain.Verify(chain.Bytes).Verdict);
        Assert.Equal((Verdict.Clock, 1), (SignedChain.Verify(chain.Bytes, over).Verdict, SignedChain.Verify(chain.Bytes, over).Warnings.Count(warning => warning.Of == Verdict.Overdue)));
    }

    [Theory]
    [InlineData(AuditEvents.Recovered)]
    [InlineData(AuditEvents.Rotate)]
    public void A_boot_after_a_long_run_is_not_overdue_whatever_the_agent_writes_before_it_says_that_it_started(string first)
    {
        using var chain = new SignedChain().Rounds(1, 10);
        chain.Mono += 48L * 3600 * 1_000_000;
        chain.Start("b007");
        chain.Rounds(1, 10).Jobs(3);
        chain.WallAhead += chain.Mono + 60_000_000;
        chain.Mono = 3_000_000;
        chain.Add(first);
        chain.Add(AuditEvents.Rotate);
        chain.Start("b008");
        chain.Rounds(1, 10).Jobs(3);
        Assert.Equal((Verdict.Unanchored, 0), (SignedChain.Verify(chain.Bytes).Verdict, SignedChain.Verify(chain.Bytes).Warnings.Count));
    }

    [Theory]
    [InlineData(1500, false)]
    [InlineData(20, false)]
    [InlineData(1500, true)]
    public void An_outage_is_a_warning_once_it_is_over_and_what_is_remembered_elsewhere_covers_it_and_else_stays_OVERDUE(int entries, bool started)
    {
        using var chain = new SignedChain().Rounds(2, 1000);
        var signed = chain.Lines;
        chain.Mono += entries < 1000 ? 16L * 60 * 1_000_000 : 0;
        chain.Jobs(entries);
        if (started)
            chain.Start("b007");
        else
            chain.Rounds(1, 0);
        var over = new RememberedHead(chain.Seq - (started ? 1 : 0), started ? Hash(chain, chain.Lines - 1) : chain.Head);
        chain.Rounds(1, 500);

        var result = SignedChain.Verify(chain.Bytes, over);
        Assert.Equal((Verdict.Ok, null, 0), (result.Verdict, result.FirstBad, result.ExitCode(anchorRequired: true)));
        var warning = Assert.Single(result.Warnings);
        Assert.Equal((signed, Verdict.Overdue), (warning.Line, warning.Of));
        Assert.Contains("what is remembered covers it", result.Message, StringComparison.Ordinal);

        var before = new RememberedHead(over.Count - 1, Hash(chain, (int)over.Count - 1));
        foreach (var remembered in new[] { null, before, over with { ByHost = true } })
            Assert.Equal((Verdict.Overdue, (long?)signed, 2), Of(SignedChain.Verify(chain.Bytes, remembered)));

        // Another one, after what is remembered; and one that is not over, whoever remembers its entries.
        signed = chain.Lines;
        chain.Jobs(1300);
        foreach (var remembered in new[] { over, new RememberedHead(chain.Seq, chain.Head) })
            Assert.Equal((Verdict.Overdue, (long?)signed, 2), Of(SignedChain.Verify(chain.Bytes, remembered)));
    }

    private static (Verdict, long?, int) Of(VerifyResult result) => (result.Verdict, result.FirstBad, result.ExitCode());

    private static Hash32 Hash(SignedChain chain, int entries) => ChainVerifierTests.Verify(First(chain.Bytes, entries)).Head!.Value;

    [Theory]
    [InlineData(10)]
    [InlineData(4000)]
    public void A_chain_that_was_begun_by_an_older_agent_is_signed_from_its_first_key_on(int before)
    {
        using var chain = new SignedChain(signed: false);
        chain.Jobs(before);
        var first = chain.Seq;
        chain.Announce();
        chain.Current = chain.Next;
        chain.Rounds(3, 500);
        var result = SignedChain.Verify(chain.Bytes);
        Assert.Equal((Verdict.Unanchored, (long?)first, 3L), (result.Verdict, result.SignedSince, result.Checkpoints));

        // The first of its checkpoints covers the entries of before too.
        var changed = Rehashed(chain.Bytes, Encoding.ASCII.GetString(chain.Bytes).IndexOf("job-", StringComparison.Ordinal))!;
        Assert.Equal(Verdict.Root, SignedChain.Verify(changed).Verdict);
    }

    [Fact]
    public void Checkpoints_in_a_chain_that_names_no_key_are_signed_by_a_stranger()
    {
        using var chain = new SignedChain(signed: false);
        chain.Jobs(5);
        chain.Seal(key: chain.NewKey());
        Assert.Equal((Verdict.BadSig, 7L), (SignedChain.Verify(chain.Bytes).Verdict, SignedChain.Verify(chain.Bytes).FirstBad));
    }

    [Fact]
    public void Of_a_key_that_was_announced_long_ago_only_so_much_is_kept_that_its_signature_is_still_told_from_a_strangers()
    {
        using var chain = new SignedChain();
        var verifier = new RatchetVerifier();
        Assert.Null(verifier.Begin(chain.Current!.Verifier.Text, SignedChain.Id, null));
        using var old = SigningKey.Create(SignedChain.Name);
        var kept = Announced(verifier, old.Verifier);
        for (var i = 0; i < 100; i++)
            Announced(verifier, chain.NewKey().Verifier);
        GC.Collect();
        Assert.False(kept.IsAlive);

        var checkpoint = new Checkpoint(SignedChain.Name, 7, MerkleHash.Empty);
        foreach (var (key, verdict) in new[] { (old, Verdict.Ratchet), (chain.NewKey(), Verdict.BadSig) })
            Assert.Equal(verdict, verifier.Seal(key.Sign(checkpoint).Format(), 7, null, null, null)?.Verdict);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Announced(RatchetVerifier verifier, VerifierKey key)
    {
        Assert.Null(verifier.Announce(key.Text, SignedChain.Id, 1, null));
        return new WeakReference(verifier.State.Announced);
    }

    [Fact]
    public void A_console_goes_on_from_any_entry_with_what_it_kept()
    {
        using var chain = new SignedChain().Rounds(6, 90);
        chain.Jobs(20);
        var bytes = chain.Bytes;
        var whole = SignedChain.Verify(bytes);
        for (var lines = 0; lines <= chain.Lines; lines += lines < 10 ? 1 : 13)
        {
            var kept = KnownChain.Parse(Known(First(bytes, lines)).Text);
            var verifier = ChainVerifier.Start(kept);
            verifier.Append(bytes.AsSpan(First(bytes, lines).Length));
            Assert.Equal(Known(bytes).Text, verifier.Known.Text);
            var result = verifier.Finish();
            Assert.Equal((lines == 0 ? Verdict.Unanchored : Verdict.Ok, whole.Checkpoints, whole.LastCheckpoint), (result.Verdict, result.Checkpoints, result.LastCheckpoint));
            using var stream = new MemoryStream(bytes[First(bytes, lines).Length..]);
            Assert.Equal(result, ChainVerifier.Verify(stream, new VerifyOptions { Known = kept }));
        }
        Assert.Throws<ProblemException>(() => KnownChain.Parse("{}"));
        Assert.Throws<ProblemException>(() => KnownChain.Parse(Known(bytes).Text.Replace("vkey\":\"cc-agent", "vkey\":\"cc agent", StringComparison.Ordinal)));
    }

    [Fact]
    public void Progress_is_told_and_does_not_go_back()
    {
        using var chain = new SignedChain().Rounds(60, 990);
        var bytes = chain.Bytes;
        List<VerifyProgress> told = [];
        using var stream = new MemoryStream(bytes);
        ChainVerifier.Verify(stream, new VerifyOptions { Workers = 2, Progress = new Told(told) });
        Assert.NotEmpty(told);
        Assert.Equal(told.OrderBy(progress => progress.Bytes), told);
        Assert.True(told[^1].Bytes <= bytes.Length && told[^1].Entries <= chain.Lines);
    }

    private sealed class Told(List<VerifyProgress> told) : IProgress<VerifyProgress>
    {
        public void Report(VerifyProgress value) => told.Add(value);
    }

    internal static KnownChain Known(byte[] chain)
    {
        var verifier = ChainVerifier.Start();
        verifier.Append(chain);
        Assert.True(verifier.IsGood);
        return verifier.Known;
    }

    internal static byte[] First(byte[] chain, int lines)
    {
        var end = 0;
        for (var i = 0; i < lines; i++)
            end += chain.AsSpan(end).IndexOf((byte)'\n') + 1;
        return chain[..end];
    }

    internal static IEnumerable<byte[]> Lines(byte[] chain)
    {
        for (var at = 0; at < chain.Length;)
        {
            var length = chain.AsSpan(at).IndexOf((byte)'\n');
            yield return chain[at..(at + length)];
            at += length + 1;
        }
    }

    /// <summary>A letter changed, and every hash from there on made anew, as who can write the file can do; null where no letter of an entry's text lies there.</summary>
    private static byte[]? Rehashed(byte[] chain, int at)
    {
        var changed = (byte[])chain.Clone();
        if (!char.IsAsciiLetterLower((char)changed[at]))
            return null;
        changed[at] = (byte)(changed[at] == 'z' ? 'y' : changed[at] + 1);
        List<byte> result = [];
        string? previous = null;
        foreach (var line in Lines(changed))
        {
            var text = Encoding.ASCII.GetString(line);
            if (previous is not null)
            {
                var named = text.IndexOf("\"prev_hash\": \"", StringComparison.Ordinal) + 14;
                if (named < 14)
                    return null;
                text = text[..named] + previous + text[(named + 64)..];
            }
            var unhashed = text[..^77] + "}";
            previous = Sha256.Hash(Encoding.ASCII.GetBytes(unhashed)).ToString();
            result.AddRange(Encoding.ASCII.GetBytes($"{text[..^77]}, \"hash\": \"{previous}\"}}\n"));
        }
        // A changed hash is made right again; what makes it a chain at all is found without any checkpoint.
        return !result.SequenceEqual(chain) && ChainVerifier.Start(default(Hash32), 0) is var plain && plain.Append(result.ToArray()) ? [.. result] : null;
    }

    private static string Changed(string note, Index at)
    {
        var text = note.ToCharArray();
        text[at] = text[at] == '1' ? '2' : text[at] == 'A' ? 'B' : char.IsDigit(text[at]) ? '1' : 'A';
        return new string(text);
    }
}
