using System.Text;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit.Evidence;

/// <summary>What evidence cannot prove is said in it, and is no success of its script.</summary>
public sealed class UnprovenTests : IAsyncDisposable
{
    private readonly ExportedEvidence _evidence = new();

    public ValueTask DisposeAsync() => _evidence.DisposeAsync();

    [Fact]
    public void Without_openssl_the_signatures_are_said_not_to_be_verified()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        chain.Store(_evidence.Cache);
        _evidence.Export(new AuditQuery { Last = 3 });
        string bin = Directory.CreateDirectory(_evidence.At("bin")).FullName;

        (int code, string said) = _evidence.Verify(path: bin);

        Assert.True(code == 2, said);
        Assert.Contains("NOT PROVEN: the only signature was NOT VERIFIED: there is no openssl here", said, StringComparison.Ordinal);
        Assert.DoesNotContain("RESULT: PROVEN", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_after_the_last_checkpoint_are_linked_to_the_head_and_said_to_be_no_more()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign().Runs(5);
        ChainHead head = chain.Store(_evidence.Cache);

        EvidenceResult result = _evidence.Export(new AuditQuery { Job = "job8" });
        (int code, string said) = _evidence.Verify();

        Assert.Equal((1, 0, 1), (result.Selected, result.Proven, result.Linked));
        Assert.True(code == 2, said);
        Assert.Contains($"1 entry follows the last checkpoint or is in a chain without one (#8): no key signs it; linked to the head #{head.Seq}", said, StringComparison.Ordinal);
        _evidence.Forge("export.json", bytes => bytes[Encoding.UTF8.GetString(bytes).IndexOf(head.Hash, StringComparison.Ordinal)] ^= 1);
        Assert.Contains("WRONG links.jsonl", _evidence.Verify().Said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_without_keys_has_no_proofs_and_says_so_first()
    {
        using SignedChain chain = new SignedChain(signed: false).Runs(9);
        chain.Store(_evidence.Cache);

        EvidenceResult result = _evidence.Export(new AuditQuery { First = 4, Last = 5 });
        (int code, string said) = _evidence.Verify();

        Assert.Equal((2, 0, 2), (result.Selected, result.Proven, result.Linked));
        Assert.True(code == 2, said);
        Assert.Contains("in a chain without one", said, StringComparison.Ordinal);
        string readme = File.ReadAllText(Path.Combine(_evidence.At("evidence"), "README.txt"));
        Assert.StartsWith("EVIDENCE FROM THE AUDIT CHAIN OF THE HOST web01\n\n!! NOTHING HERE IS SIGNED", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("openssl dgst", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pruned_copy_says_where_it_begins_and_that_its_keys_are_not_followed_to_the_first()
    {
        using SignedChain chain = new SignedChain().Runs(20).Sign().Runs(20).Sign().Prune(30).Sign().Runs(2).Sign();
        chain.Store(_evidence.Cache, first: 30);

        EvidenceResult result = _evidence.Export(new AuditQuery { First = 33, Last = 35 });
        (int code, string said) = _evidence.Verify();

        Assert.Equal((3, 3, false), (result.Selected, result.Proven, result.WholeRatchet));
        Assert.True(code == 2, said);
        Assert.Contains("that the keys follow from the chain's first one is not in this folder", said, StringComparison.Ordinal);
        Assert.Contains("Signatures: 2 verified by openssl", said, StringComparison.Ordinal);
        Assert.Contains("How the chain began: the copy holds nothing before entry #30.", File.ReadAllText(Path.Combine(_evidence.At("evidence"), "README.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_signature_that_only_the_whole_verification_sees_ends_what_is_proven()
    {
        using SignedChain chain = new();
        for (int i = 0; i < EvidenceRequest.ShortRatchet + 50; i++)
        {
            chain.Runs(1).Sign(forged: i == 400);
        }

        chain.Store(_evidence.Cache);
        // Three entries a step: these lie far behind the step that was forged, and need none of its checkpoints.
        EvidenceResult after = _evidence.Export(new AuditQuery { First = 2700, Last = 2710 });
        EvidenceResult before = _evidence.Export(new AuditQuery { First = 300, Last = 310 }, "before");

        Assert.Equal((11, 0), (after.Selected, after.Proven));
        Assert.Contains("BADSIG", after.Finding, StringComparison.Ordinal);
        Assert.Equal((11, 11), (before.Selected, before.Proven));
        (int code, string said) = _evidence.Verify();
        Assert.True(code == 2, said);
        Assert.Contains("!! THE CHAIN'S SIGNATURES ARE NOT IN ORDER", File.ReadAllText(Path.Combine(_evidence.At("evidence"), "README.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_over_other_entries_and_one_by_a_key_that_is_not_in_force_prove_nothing_from_there_on()
    {
        using SignedChain wrongRoot = new SignedChain().Runs(4).Sign().Runs(2).Sign(root: MerkleHash.Empty).Runs(2).Sign();
        wrongRoot.Store(_evidence.Cache);
        EvidenceResult root = _evidence.Export(name: "root");
        using SignedChain wrongKey = new("beef");
        using SigningKey other = SigningKey.Create(Checkpoint.OfHost("beef"));
        wrongKey.Runs(4).Sign().Runs(2).Sign(key: other).Runs(2).Sign().Store(_evidence.Cache, "web02");
        EvidenceResult key = _evidence.Audit.Evidence.Write(new EvidenceRequest("web02", new AuditQuery()), _evidence.At("key"));

        Assert.Equal((6, 1), (root.Proven, root.Checkpoints));
        Assert.Equal((6, 1), (key.Proven, key.Checkpoints));
        Assert.Contains("checkpoint #10 signs another root", root.Finding, StringComparison.Ordinal);
        Assert.Contains("checkpoint #10 is not signed by the key that was in force", key.Finding, StringComparison.Ordinal);
        foreach (string name in (string[])["root", "key"])
        {
            (int code, string said) = _evidence.Verify(name);
            Assert.True(code == 2, said);
            Assert.Contains("at the export the chain was found to be: checkpoint #10", said, StringComparison.Ordinal);
            Assert.Contains("!! THE CHAIN'S SIGNATURES ARE NOT IN ORDER", File.ReadAllText(Path.Combine(_evidence.At(name), "README.txt")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_host_that_contradicts_its_copy_is_named_before_all_else()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        ChainHead head = chain.Store(_evidence.Cache);
        _evidence.Cache.Conflicts.Keep("web01", head.Chain, 3, "FORK", "entry #3 is another one\u001b[31m", "ours"u8.ToArray(), "theirs"u8.ToArray());

        EvidenceResult result = _evidence.Export(new AuditQuery { Last = 2 });
        (int code, string said) = _evidence.Verify();

        Assert.False(result.IsWhole);
        Assert.True(code == 2, said);
        Assert.Contains("the host contradicts this copy", said, StringComparison.Ordinal);
        string readme = File.ReadAllText(Path.Combine(_evidence.At("evidence"), "README.txt"));
        Assert.StartsWith("EVIDENCE FROM THE AUDIT CHAIN OF THE HOST web01\n\n!! THE HOST CONTRADICTS", readme, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', readme);
        Assert.Equal("theirs", File.ReadAllText(Path.Combine(_evidence.At("evidence"), "conflicts/1/theirs")));
    }
}
