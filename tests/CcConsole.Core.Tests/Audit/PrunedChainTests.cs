using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Core.Tests.Audit.Checkpoints;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

/// <summary>Chains whose first entries are gone, and which tell of that.</summary>
public sealed class PrunedChainTests
{
    [Theory]
    [InlineData(7, 300)]
    [InlineData(1805, 600)]
    [InlineData(2404, 600)]
    public void A_pruned_chain_is_verified_from_its_first_line_on_with_the_tree_and_keys_that_its_entry_gives(int gone, int entries)
    {
        using var chain = new SignedChain().Rounds(5, entries);
        var left = Prune(chain, gone);
        chain.Rounds(2, entries);
        left = [.. left, .. chain.Bytes[^(chain.Bytes.Length - _before)..]];
        using var stream = new MemoryStream(left);
        var result = ChainVerifier.Verify(stream);
        Assert.Equal((Verdict.Unanchored, (long)gone, chain.Lines - gone), (result.Verdict, result.FirstSeq, result.Verified));
        Assert.Equal(chain.Seq - 1, result.LastCheckpoint!.Seq);
        Assert.Contains($"follow {gone} that were pruned", result.Message, StringComparison.Ordinal);

        // A root that is not that of all entries, those that are gone included.
        using var wrong = new MemoryStream([.. left, .. Wrong(chain)]);
        var found = ChainVerifier.Verify(wrong, workers: 2);
        Assert.Equal((Verdict.Root, (long?)chain.Lines - gone), (found.Verdict, found.FirstBad));
    }

    private int _before;

    [Fact]
    public void Without_a_key_in_that_entry_the_chain_had_none_and_the_first_that_it_names_then_signs()
    {
        using var chain = new SignedChain(signed: false);
        chain.Jobs(100);
        var left = Prune(chain, 50, keys: false);
        chain.Announce();
        (var since, chain.Current) = (chain.Seq - 1, chain.Next);
        chain.Rounds(2, 10);
        var result = ChainVerifier.Verify(new MemoryStream([.. left, .. chain.Bytes[_before..]]));
        Assert.Equal((Verdict.Unanchored, 2L, since), (result.Verdict, result.Checkpoints, result.SignedSince));
        chain.Announce();
        chain.Seal(key: chain.NewKey());
        Assert.Equal(Verdict.BadSig, ChainVerifier.Verify(new MemoryStream([.. left, .. chain.Bytes[_before..]])).Verdict);
    }

    [Fact]
    public void A_checkpoint_that_no_known_key_signs_is_BADSIG_though_the_keys_may_have_been_pruned()
    {
        using var chain = new SignedChain().Rounds(3, 100);
        Assert.Equal(Verdict.BadSig, ChainVerifier.Verify(new MemoryStream(Prune(chain, 150, keys: false))).Verdict);
    }

    [Theory]
    [InlineData("no entry")]
    [InlineData("another last")]
    [InlineData("another hash")]
    [InlineData("another root")]
    [InlineData("another tree")]
    [InlineData("of reports")]
    public void What_is_missing_and_not_told_of_is_a_gap_at_the_first_line(string wrong)
    {
        using var chain = new SignedChain().Rounds(3, 100);
        var left = Prune(chain, 150, wrong: wrong);
        using var stream = new MemoryStream(left);
        var result = ChainVerifier.Verify(stream);
        Assert.Equal((Verdict.Gap, 1L, 0L, null, 0L), (result.Verdict, result.FirstBad, result.Verified, result.Head, result.VerifiedBytes));

        var verifier = ChainVerifier.Start(mayBePruned: true);
        verifier.Append(left);
        Assert.Null(verifier.Pruned);
        Assert.Equal(Verdict.Gap, verifier.Finish().Verdict);
    }

    [Theory]
    [InlineData("changed", Verdict.Hash)]
    [InlineData("removed", Verdict.Gap)]
    [InlineData("the one before it removed", Verdict.Gap)]
    [InlineData("not JSON", Verdict.NonCanonical)]
    [InlineData("one that tells of them with a hash that is none", Verdict.Hash)]
    public void What_is_bad_before_the_entry_that_tells_of_the_pruned_ones_is_named_at_its_own_line(string wrong, Verdict verdict)
    {
        using var chain = new SignedChain().Rounds(5, 1000);
        var left = SignedVerificationTests.Lines(Prune(chain, 1500)).ToList();
        chain.Rounds(1, 1000);
        left.AddRange(SignedVerificationTests.Lines(chain.Bytes[_before..]));
        var tells = left.FindIndex(line => line.AsSpan().IndexOf("audit.prune"u8) >= 0);
        Assert.InRange(tells, 3000, left.Count - 900);
        var at = wrong == "the one before it removed" ? tells - 1 : 700;
        if (verdict == Verdict.Gap)
            left.RemoveAt(at);
        else
        {
            left[at] = wrong switch
            {
                "changed" => [.. left[at][..^200], (byte)'~', .. left[at][^199..]],
                "not JSON" => [.. "no entry"u8],
                _ => [.. left[tells][..^66], .. Enumerable.Repeat((byte)'z', 64), .. "\"}"u8],
            };
        }
        byte[] bytes = [.. left.SelectMany(line => line.Append((byte)'\n'))];
        for (var workers = 1; workers <= 3; workers++)
        {
            using var stream = new MemoryStream(bytes);
            var result = ChainVerifier.Verify(stream, workers: workers);
            Assert.Equal((verdict, at + 1L, (long)at, 1500L, 1), (result.Verdict, result.FirstBad, result.Verified, result.FirstSeq, result.ExitCode()));
            using var pipe = new SignedChain.Pipe(bytes);
            result = ChainVerifier.Verify(pipe, workers: workers);
            Assert.Equal((verdict, at + 1L, (long)at), (result.Verdict, result.FirstBad, result.Verified));
        }

        // What tells of them must itself be what its hash was made of.
        tells = left.FindLastIndex(line => line.AsSpan().IndexOf("audit.prune"u8) >= 0);
        left[tells][left[tells].AsSpan().IndexOf("\"mono_us\": "u8) + 12] ^= 1;
        using var forged = new MemoryStream([.. left.SelectMany(line => line.Append((byte)'\n'))]);
        Assert.Equal((Verdict.Gap, 1L), (ChainVerifier.Verify(forged).Verdict, ChainVerifier.Verify(new MemoryStream(forged.ToArray())).FirstBad));
    }

    [Fact]
    public void A_verification_that_cannot_go_back_says_that_signatures_were_not_looked_at_and_where_to_start()
    {
        using var chain = new SignedChain().Rounds(3, 100);
        var left = Prune(chain, 150);
        var verifier = ChainVerifier.Start(mayBePruned: true);
        verifier.Append(left);
        var result = verifier.Finish();
        Assert.Equal((Verdict.Unanchored, 0L), (result.Verdict, result.Checkpoints));
        Assert.Contains("signatures were not looked at", result.Message, StringComparison.Ordinal);
        using var pipe = new SignedChain.Pipe(left);
        Assert.Equal(result.Message, ChainVerifier.Verify(pipe).Message);

        var again = ChainVerifier.Start(verifier.Pruned!);
        again.Append(left);
        Assert.Equal((Verdict.Ok, 2L), (again.Finish().Verdict, again.Finish().Checkpoints));

        // Nothing less than such an entry will do where it was not asked for.
        Assert.Equal(Verdict.Gap, ChainVerifierTests.Verify(left).Verdict);
    }

    [Fact]
    public void A_remembered_entry_anchors_the_chain_though_the_ones_before_it_are_gone()
    {
        using var chain = new SignedChain().Rounds(3, 100);
        var all = chain.Bytes;
        var left = Prune(chain, 150);
        foreach (var (count, verdict) in new[] { (149, Verdict.Unanchored), (150, Verdict.Ok), (151, Verdict.Ok), (300, Verdict.Ok) })
        {
            var remembered = new RememberedHead(count, ChainVerifierTests.Verify(SignedVerificationTests.First(all, count)).Head!.Value, Hash32.Parse(new string('a', 64)));
            using var stream = new MemoryStream(left);
            var result = ChainVerifier.Verify(stream, remembered);
            Assert.Equal((verdict, verdict == Verdict.Ok), (result.Verdict, result.Anchored));
            if (verdict != Verdict.Ok)
                continue;
            using var other = new MemoryStream(left);
            Assert.Equal(Verdict.Fork, ChainVerifier.Verify(other, remembered with { Hash = MerkleHash.Empty }).Verdict);
        }
        using var longer = new MemoryStream(left);
        Assert.Equal(Verdict.Rollback, ChainVerifier.Verify(longer, new RememberedHead(chain.Seq + 1, MerkleHash.Empty)).Verdict);
    }

    /// <summary>The chain without its first entries, after the entry that tells of them.</summary>
    private byte[] Prune(SignedChain chain, int gone, bool keys = true, string wrong = "")
    {
        var bytes = chain.Bytes;
        var known = SignedVerificationTests.Known(SignedVerificationTests.First(bytes, gone));
        var tree = new CompactRange();
        var (key, next) = ((string?)null, (string?)null);
        foreach (var line in SignedVerificationTests.Lines(bytes).Take(gone))
        {
            tree.Append(MerkleHash.Leaf(line));
            var text = System.Text.Encoding.ASCII.GetString(line);
            if (text.Contains("\"vkey\"", StringComparison.Ordinal))
            {
                using var json = System.Text.Json.JsonDocument.Parse(line);
                var vkey = json.RootElement.GetProperty("vkey").GetString();
                (key, next) = key is null ? (vkey, null) : (key, vkey);
            }
            if (text.Contains("audit.checkpoint", StringComparison.Ordinal))
                (key, next) = (next, null);
        }
        List<AuditMember> members =
        [
            new("of", wrong == "of reports" ? "reports" : "audit"), new("first", 0), new("last", gone - (wrong == "another last" ? 2 : 1)),
            new("last_hash", (wrong == "another hash" ? MerkleHash.Empty : known.Previous).ToString()),
            new("root", (wrong == "another root" ? MerkleHash.Empty : tree.Root).ToString()),
            new("tree", [.. tree.Hashes.Select(hash => (wrong == "another tree" ? MerkleHash.Empty : hash).ToString())]),
        ];
        if (keys)
            members.AddRange([new("vkey", key), new("vkey_next", next)]);
        if (wrong != "no entry")
            chain.Add(AuditEvents.Prune, [.. members]);
        _before = chain.Bytes.Length;
        return chain.Bytes[SignedVerificationTests.First(bytes, gone).Length..];
    }

    /// <summary>What a chain's next checkpoint would be with a wrong root.</summary>
    private static byte[] Wrong(SignedChain chain)
    {
        var before = chain.Bytes.Length;
        chain.Announce();
        chain.Seal(new Checkpoint(SignedChain.Name, chain.Seq, MerkleHash.Empty));
        return chain.Bytes[before..];
    }
}
