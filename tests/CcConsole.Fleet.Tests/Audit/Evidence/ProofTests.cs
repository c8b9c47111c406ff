using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit.Evidence;

/// <summary>What the script in it, run by Python, and openssl prove of entries, and by which checkpoints.</summary>
public sealed class ProofTests : IAsyncDisposable
{
    private readonly ExportedEvidence _evidence = new();

    public ValueTask DisposeAsync() => _evidence.DisposeAsync();

    [Fact]
    public void A_selection_is_proven_by_the_script_alone()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign().Runs(30).Sign().Runs(7).Sign();
        chain.Store(_evidence.Cache);

        EvidenceResult result = _evidence.Export(new AuditQuery { Job = "job3" });
        (int code, string said) = _evidence.Verify();

        Assert.True(code == 0, said);
        Assert.Contains("RESULT: PROVEN", said, StringComparison.Ordinal);
        Assert.Contains("each was announced under the one before it; the first stands in entry #0", said, StringComparison.Ordinal);
        Assert.Contains("Signatures: 3 verified by openssl", said, StringComparison.Ordinal);
        Assert.True(result.IsWhole && result.WholeRatchet);
        Assert.Equal(chain.Lines.Where(line => Encoding.UTF8.GetString(line).Contains("\"job3\"", StringComparison.Ordinal)).Select(Encoding.UTF8.GetString), File.ReadAllLines(Path.Combine(_evidence.At("evidence"), "entries.jsonl")));
        Assert.Contains(result.ManifestHash, said, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_evidence.At("evidence")));
        Assert.Empty(Directory.GetFileSystemEntries(_evidence.Root, ".*"));
    }

    [Fact]
    public void Every_single_selection_of_a_short_chain_is_proven()
    {
        using SignedChain chain = new SignedChain().Runs(3).Sign().Runs(2).Sign().Sign().Runs(1).Sign();
        chain.Store(_evidence.Cache);
        for (int seq = 0; seq < chain.Lines.Count - 1; seq++)
        {
            EvidenceResult result = _evidence.Export(new AuditQuery { First = seq, Last = seq }, $"e{seq}");
            (int code, string said) = _evidence.Verify($"e{seq}");

            Assert.True(code == 0, said);
            Assert.Equal((1, 1), (result.Selected, result.Proven));
        }
    }

    [Fact]
    public void Long_lines_and_awkward_names_are_proven_byte_for_byte()
    {
        using SignedChain chain = new();
        chain.Add("job.finished", new AuditMember("job_id", new string('x', 65_000)));
        chain.Add("job.finished", new AuditMember("job_id", "a\"b\\c\u001b[2J\u202e\ud800é\n"), new AuditMember("command", "\0😀"));
        chain.Sign().Store(_evidence.Cache, "web01");

        _evidence.Export(new AuditQuery { First = 1, Last = 2 });
        (int code, string said) = _evidence.Verify();

        Assert.True(code == 0, said);
        Assert.DoesNotContain('\u001b', said);
        Assert.Equal([.. chain.Lines[1], (byte)'\n', .. chain.Lines[2], (byte)'\n'], File.ReadAllBytes(Path.Combine(_evidence.At("evidence"), "entries.jsonl")));
    }

    [Fact]
    public void Only_the_checkpoints_that_are_needed_are_given_where_there_are_very_many()
    {
        using SignedChain chain = new();
        for (int i = 0; i < EvidenceRequest.ShortRatchet + 50; i++)
        {
            chain.Runs(1).Sign();
        }

        chain.Store(_evidence.Cache);
        EvidenceResult parts = _evidence.Export(new AuditQuery { First = 300, Last = 310 });
        (int code, string said) = _evidence.Verify();
        EvidenceResult whole = _evidence.Export(new AuditQuery { First = 300, Last = 310 }, "whole", everyStep: true);

        Assert.Equal(5, parts.Checkpoints);
        Assert.True(code == 2, said);
        Assert.Contains("that the keys follow from the chain's first one is not in this folder", said, StringComparison.Ordinal);
        Assert.Equal(EvidenceRequest.ShortRatchet + 50, whole.Checkpoints);
        (code, said) = _evidence.Verify("whole");
        Assert.True(code == 0, said);
        // As files of their own only those that prove a selected entry.
        Assert.Equal(10, Directory.GetFiles(Path.Combine(_evidence.At("whole"), "notes")).Length);
    }

    [Fact]
    public void A_chain_that_an_older_agent_began_is_proven_from_its_first_announcement_on()
    {
        using SignedChain chain = new SignedChain(keyInGenesis: false).Runs(3).Sign().Runs(3).Sign();
        chain.Store(_evidence.Cache);

        EvidenceResult result = _evidence.Export(new AuditQuery { Job = "before" });
        (int code, string said) = _evidence.Verify();

        Assert.True(code == 0, said);
        Assert.Equal(2, result.SignedSince);
        Assert.Contains("the first stands in entry #2", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_whose_start_is_gone_is_proven_from_the_tree_that_its_cut_left()
    {
        using SignedChain chain = new SignedChain().Runs(20).Sign().Runs(20).Sign().Prune(30).Sign().Runs(2).Sign();
        ChainSurvey survey = ChainSurvey.Of(chain.Lines.Select((line, seq) => new ChainLine(seq, line)).Skip(30), TestContext.Current.CancellationToken);

        Assert.Equal(30, survey.Start!.Size);
        Assert.Null(survey.Bad);
        // The first checkpoint is signed by a key that was announced in the part that is gone.
        Assert.Equal([47, 51], survey.Checkpoints.Select(checkpoint => checkpoint.Seq));
    }

    [Fact]
    public void A_single_entry_s_proof_leads_to_the_root_of_the_first_checkpoint_after_it()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign().Runs(3).Sign().Runs(2);
        ChainHead head = chain.Store(_evidence.Cache);
        for (long seq = 0; seq <= head.Seq; seq++)
        {
            EntryProof proof = _evidence.Audit.Evidence.Prove("web01", _evidence.Audit.Entry("web01", seq));

            Assert.True(proof.IsGood && proof.Line.Verdict.IsGood(), proof.Line.Message);
            Assert.Equal(seq < 42 ? 42 : seq < 47 ? 47 : null, proof.Checkpoint?.Size);
            if (proof.Checkpoint is { } checkpoint)
            {
                Assert.True(checkpoint.Path.Verify(MerkleHash.Leaf(chain.Lines[(int)seq]), checkpoint.Root));
                Assert.True(checkpoint.WholeRatchet);
                Assert.Equal(checkpoint.Size == 42 ? 0 : 41, checkpoint.Announced);
            }
        }
    }
}
