using System.Security.Cryptography;
using System.Text;
using CcConsole.Core;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit.Evidence;

/// <summary>Whoever alters evidence, or the copy that it is made of, is caught, even one who writes a new MANIFEST.</summary>
public sealed class TamperedEvidenceTests : IAsyncDisposable
{
    private readonly ExportedEvidence _evidence = new();

    public ValueTask DisposeAsync() => _evidence.DisposeAsync();

    [Fact]
    public void A_copy_that_was_edited_in_the_cache_is_no_evidence()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        chain.Lines[2] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(chain.Lines[2]).Replace("alice", "mallo", StringComparison.Ordinal));
        chain.Store(_evidence.Cache);

        ProblemException problem = Assert.Throws<ProblemException>(() => _evidence.Export());

        Assert.Contains("HASH", problem.Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(_evidence.At("evidence")));
    }

    [Theory]
    [InlineData("entries.jsonl")]
    [InlineData("genesis.jsonl")]
    [InlineData("checkpoints.jsonl")]
    [InlineData("announcements.jsonl")]
    [InlineData("links.jsonl")]
    [InlineData("tree.txt")]
    [InlineData("notes/47.txt")]
    [InlineData("notes/47.sig")]
    [InlineData("keys/41.pem")]
    public void A_forger_who_writes_a_new_manifest_is_caught_too(string name)
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign().Runs(3).Sign().Runs(4);
        chain.Store(_evidence.Cache);
        _evidence.Export(new AuditQuery { Event = "job.finished", First = 43 });
        Assert.Equal(2, _evidence.Verify().Code);
        string file = Path.Combine(_evidence.At("evidence"), name);
        byte[] before = File.ReadAllBytes(file);
        Random random = new(5);
        for (int i = 0; i < 8; i++)
        {
            int at = random.Next(before.Length), bit = random.Next(8);
            _evidence.Forge(name, bytes => bytes[at] ^= (byte)(1 << bit));

            (int code, string said) = _evidence.Verify();

            Assert.True(code == 1, $"byte {at} of {name}, bit {bit}: {said}");
            Assert.Contains("THIS EVIDENCE IS NOT SOUND", said, StringComparison.Ordinal);
            File.WriteAllBytes(file, before);
        }
    }

    [Fact]
    public void An_entry_written_anew_with_its_own_hash_gives_another_root()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign();
        chain.Store(_evidence.Cache);
        _evidence.Export(new AuditQuery { First = 7, Last = 7 });
        string file = Path.Combine(_evidence.At("evidence"), "entries.jsonl");
        string changed = File.ReadAllText(file).Replace("alice", "mallo", StringComparison.Ordinal);
        int hash = changed.IndexOf(", \"hash\"", StringComparison.Ordinal);
        changed = $"{changed[..hash]}, \"hash\": \"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(changed[..hash] + "}")))}\"}}\n";
        File.WriteAllText(file, changed);
        _evidence.Remake();

        (int code, string said) = _evidence.Verify();

        Assert.True(code == 1, said);
        Assert.Contains("checkpoint #42 signs another root than the lines have", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_that_stands_for_a_line_without_holding_it_is_refused()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign();
        chain.Store(_evidence.Cache);
        _evidence.Export(new AuditQuery { First = 7, Last = 7 });
        string folder = _evidence.At("evidence"), file = Path.Combine(folder, "entries.jsonl");
        // The right hash of the line as it was, and a line in its place that is whole in itself.
        File.AppendAllText(Path.Combine(folder, "tree.txt"), $"0 7 {MerkleHash.Leaf(chain.Lines[7])}\n");
        string changed = File.ReadAllText(file).Replace("alice", "mallo", StringComparison.Ordinal);
        int hash = changed.IndexOf(", \"hash\"", StringComparison.Ordinal);
        File.WriteAllText(file, $"{changed[..hash]}, \"hash\": \"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(changed[..hash] + "}")))}\"}}\n");
        _evidence.Remake();

        (int code, string said) = _evidence.Verify();

        Assert.True(code == 1, said);
        Assert.Contains("tree.txt: a hash stands in the place of another or of a line", said, StringComparison.Ordinal);
    }
}
