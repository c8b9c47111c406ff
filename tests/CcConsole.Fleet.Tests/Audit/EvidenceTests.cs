using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

/// <summary>What is exported is judged by the script in it, run by Python, and by openssl: nothing of ours checks it here.</summary>
public sealed class EvidenceTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly FleetControl _control;

    private FleetOptions _options = null!;

    public EvidenceTests() => _control = _fleet.Open(change: options => _options = options);

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    private string At(string name) => Path.Combine(_fleet.Root, name);

    private EvidenceResult Export(AuditQuery? query = null, string name = "evidence", bool everyStep = false) =>
        _control.Audit.Evidence.Write(new EvidenceRequest("web01", query ?? new AuditQuery(), everyStep), At(name));

    /// <summary>The interpreter itself: what PATH names may be a slow script that needs PATH.</summary>
    private static readonly string Python = Run("python3", null, "-c", "import sys; print(sys.executable)").Said.Trim();

    private (int Code, string Said) Verify(string name = "evidence", string? path = null) => Run(Python, path, Path.Combine(At(name), "verify.py"));

    private static (int Code, string Said) Run(string program, string? path, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    /// <summary>Alters files as someone does who also writes a new MANIFEST.</summary>
    private void Forge(string name, Action<byte[]> alter)
    {
        string file = Path.Combine(At("evidence"), name);
        byte[] bytes = File.ReadAllBytes(file);
        alter(bytes);
        File.WriteAllBytes(file, bytes);
        Remake();
    }

    private void Remake()
    {
        string folder = At("evidence"), manifest = Path.Combine(folder, "MANIFEST");
        File.Delete(manifest);
        File.WriteAllText(manifest, string.Concat(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}  {Path.GetRelativePath(folder, path)}\n")));
    }

    [Fact]
    public void A_selection_is_proven_by_the_script_alone()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign().Runs(30).Sign().Runs(7).Sign();
        chain.Store(_control.Cache);

        EvidenceResult result = Export(new AuditQuery { Job = "job3" });
        (int code, string said) = Verify();

        Assert.True(code == 0, said);
        Assert.Contains("RESULT: PROVEN", said, StringComparison.Ordinal);
        Assert.Contains("each was announced under the one before it; the first stands in entry #0", said, StringComparison.Ordinal);
        Assert.Contains("Signatures: 3 verified by openssl", said, StringComparison.Ordinal);
        Assert.True(result.IsWhole && result.WholeRatchet);
        Assert.Equal(chain.Lines.Where(line => Encoding.UTF8.GetString(line).Contains("\"job3\"", StringComparison.Ordinal)).Select(Encoding.UTF8.GetString), File.ReadAllLines(Path.Combine(At("evidence"), "entries.jsonl")));
        Assert.Contains(result.ManifestHash, said, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(At("evidence")));
        Assert.Empty(Directory.GetFileSystemEntries(_fleet.Root, ".*"));
    }

    [Fact]
    public void A_copy_for_a_folder_that_is_not_there_is_a_problem_in_words()
    {
        using SignedChain chain = new SignedChain().Runs(3);
        chain.Store(_control.Cache);
        ProblemException problem = Assert.Throws<ProblemException>(() => _control.Audit.Export("web01", At("nosuch/copy.jsonl")));
        Assert.Contains("could not be written", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_that_are_archived_while_evidence_is_made_are_in_it()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign();
        chain.Store(_control.Cache);
        // Between the head that is verified and the search: a pull has moved old entries.
        EvidenceExport evidence = new(_control.Cache, _options, _control.Audit.Index, (host, cancellation) =>
        {
            CopyVerification found = _control.Audit.Verify(host, cancellation: cancellation);
            _control.Cache.Archives.Move(found.Head, 25);
            return found;
        });

        EvidenceResult result = evidence.Write(new EvidenceRequest("web01", new AuditQuery { Job = "job3" }), At("evidence"));

        Assert.Equal((4, 4), (result.Selected, result.Proven));
        Assert.Equal(chain.Lines.Where(line => Encoding.UTF8.GetString(line).Contains("\"job3\"", StringComparison.Ordinal)).Select(Encoding.UTF8.GetString), File.ReadAllLines(Path.Combine(At("evidence"), "entries.jsonl")));
        Assert.Equal(0, Verify().Code);
    }

    [Fact]
    public void Evidence_of_a_copy_whose_first_pull_has_not_ended_names_no_time_of_it()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        ChainHead head = chain.Store(_control.Cache);
        _control.Cache.Chains.Append(head with { PulledAt = ChainHead.NotEnded, SeenAt = DateTimeOffset.UtcNow }, [], head);
        Export(new AuditQuery { Last = 3 });
        using JsonDocument export = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(At("evidence"), "export.json")));
        Assert.Equal(JsonValueKind.Null, export.RootElement.GetProperty("head").GetProperty("pulled_at").ValueKind);
        Assert.Equal(0, Verify().Code);
    }

    [Fact]
    public void Every_single_selection_of_a_short_chain_is_proven()
    {
        using SignedChain chain = new SignedChain().Runs(3).Sign().Runs(2).Sign().Sign().Runs(1).Sign();
        chain.Store(_control.Cache);
        for (int seq = 0; seq < chain.Lines.Count - 1; seq++)
        {
            EvidenceResult result = Export(new AuditQuery { First = seq, Last = seq }, $"e{seq}");
            (int code, string said) = Verify($"e{seq}");

            Assert.True(code == 0, said);
            Assert.Equal((1, 1), (result.Selected, result.Proven));
        }
    }

    [Fact]
    public void Without_openssl_the_signatures_are_said_not_to_be_verified()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        chain.Store(_control.Cache);
        Export(new AuditQuery { Last = 3 });
        string bin = Directory.CreateDirectory(At("bin")).FullName;

        (int code, string said) = Verify(path: bin);

        Assert.True(code == 2, said);
        Assert.Contains("the 1 signatures were NOT VERIFIED: there is no openssl here", said, StringComparison.Ordinal);
        Assert.DoesNotContain("RESULT: PROVEN", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_after_the_last_checkpoint_are_linked_to_the_head_and_said_to_be_no_more()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign().Runs(5);
        ChainHead head = chain.Store(_control.Cache);

        EvidenceResult result = Export(new AuditQuery { Job = "job8" });
        (int code, string said) = Verify();

        Assert.Equal((1, 0, 1), (result.Selected, result.Proven, result.Linked));
        Assert.True(code == 2, said);
        Assert.Contains($"no key signs them; they are linked to the head #{head.Seq}", said, StringComparison.Ordinal);
        Forge("export.json", bytes => bytes[Encoding.UTF8.GetString(bytes).IndexOf(head.Hash, StringComparison.Ordinal)] ^= 1);
        Assert.Contains("WRONG links.jsonl", Verify().Said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_without_keys_has_no_proofs_and_says_so_first()
    {
        using SignedChain chain = new SignedChain(signed: false).Runs(9);
        chain.Store(_control.Cache);

        EvidenceResult result = Export(new AuditQuery { First = 4, Last = 5 });
        (int code, string said) = Verify();

        Assert.Equal((2, 0, 2), (result.Selected, result.Proven, result.Linked));
        Assert.True(code == 2, said);
        Assert.Contains("in a chain without one", said, StringComparison.Ordinal);
        string readme = File.ReadAllText(Path.Combine(At("evidence"), "README.txt"));
        Assert.StartsWith("EVIDENCE FROM THE AUDIT CHAIN OF THE HOST web01\n\n!! NOTHING HERE IS SIGNED", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("openssl dgst", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_an_older_agent_began_is_proven_from_its_first_announcement_on()
    {
        using SignedChain chain = new SignedChain(keyInGenesis: false).Runs(3).Sign().Runs(3).Sign();
        chain.Store(_control.Cache);

        EvidenceResult result = Export(new AuditQuery { Job = "before" });
        (int code, string said) = Verify();

        Assert.True(code == 0, said);
        Assert.Equal(2, result.SignedSince);
        Assert.Contains("the first stands in entry #2", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_checkpoints_that_are_needed_are_given_where_there_are_very_many()
    {
        using SignedChain chain = new();
        for (int i = 0; i < EvidenceRequest.ShortRatchet + 50; i++)
        {
            chain.Runs(1).Sign();
        }

        chain.Store(_control.Cache);
        EvidenceResult parts = Export(new AuditQuery { First = 300, Last = 310 });
        (int code, string said) = Verify();
        EvidenceResult whole = Export(new AuditQuery { First = 300, Last = 310 }, "whole", everyStep: true);

        Assert.Equal(5, parts.Checkpoints);
        Assert.True(code == 2, said);
        Assert.Contains("that the keys follow from the chain's first one is not in this folder", said, StringComparison.Ordinal);
        Assert.Equal(EvidenceRequest.ShortRatchet + 50, whole.Checkpoints);
        (code, said) = Verify("whole");
        Assert.True(code == 0, said);
        // As files of their own only those that prove a selected entry.
        Assert.Equal(10, Directory.GetFiles(Path.Combine(At("whole"), "notes")).Length);
    }

    [Fact]
    public void All_entries_of_a_copy_are_those_in_its_archive_too()
    {
        using SignedChain chain = new SignedChain().Runs(20).Sign().Runs(20).Sign();
        chain.Store(_control.Cache);
        Assert.Equal(30, _control.Audit.Archive("web01", 30).Count);

        EvidenceResult result = Export();
        (int code, string said) = Verify();

        Assert.Equal((chain.Lines.Count, chain.Lines.Count - 1), (result.Selected, result.Proven));
        Assert.True(code is 0 or 2, said);
        Assert.Equal(chain.Lines.Select(Encoding.UTF8.GetString), File.ReadAllLines(Path.Combine(At("evidence"), "entries.jsonl")));
    }

    [Fact]
    public void A_bad_signature_that_only_the_whole_verification_sees_ends_what_is_proven()
    {
        using SignedChain chain = new();
        for (int i = 0; i < EvidenceRequest.ShortRatchet + 50; i++)
        {
            chain.Runs(1).Sign(forged: i == 400);
        }

        chain.Store(_control.Cache);
        // Three entries a step: these lie far behind the step that was forged, and need none of its checkpoints.
        EvidenceResult after = Export(new AuditQuery { First = 2700, Last = 2710 });
        EvidenceResult before = Export(new AuditQuery { First = 300, Last = 310 }, "before");

        Assert.Equal((11, 0), (after.Selected, after.Proven));
        Assert.Contains("BADSIG", after.Finding, StringComparison.Ordinal);
        Assert.Equal((11, 11), (before.Selected, before.Proven));
        (int code, string said) = Verify();
        Assert.True(code == 2, said);
        Assert.Contains("!! THE CHAIN'S SIGNATURES ARE NOT IN ORDER", File.ReadAllText(Path.Combine(At("evidence"), "README.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_over_other_entries_and_one_by_a_key_that_is_not_in_force_prove_nothing_from_there_on()
    {
        using SignedChain wrongRoot = new SignedChain().Runs(4).Sign().Runs(2).Sign(root: MerkleHash.Empty).Runs(2).Sign();
        wrongRoot.Store(_control.Cache);
        EvidenceResult root = Export(name: "root");
        using SignedChain wrongKey = new("beef");
        using SigningKey other = SigningKey.Create(Checkpoint.OfHost("beef"));
        wrongKey.Runs(4).Sign().Runs(2).Sign(key: other).Runs(2).Sign().Store(_control.Cache, "web02");
        EvidenceResult key = _control.Audit.Evidence.Write(new EvidenceRequest("web02", new AuditQuery()), At("key"));

        Assert.Equal((6, 1), (root.Proven, root.Checkpoints));
        Assert.Equal((6, 1), (key.Proven, key.Checkpoints));
        Assert.Contains("checkpoint #10 signs another root", root.Finding, StringComparison.Ordinal);
        Assert.Contains("checkpoint #10 is not signed by the key that was in force", key.Finding, StringComparison.Ordinal);
        foreach (string name in (string[])["root", "key"])
        {
            (int code, string said) = Verify(name);
            Assert.True(code == 2, said);
            Assert.Contains("at the export the chain was found to be: checkpoint #10", said, StringComparison.Ordinal);
            Assert.Contains("!! THE CHAIN'S SIGNATURES ARE NOT IN ORDER", File.ReadAllText(Path.Combine(At(name), "README.txt")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_host_that_contradicts_its_copy_is_named_before_all_else()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        ChainHead head = chain.Store(_control.Cache);
        _control.Cache.Conflicts.Keep("web01", head.Chain, 3, "FORK", "entry #3 is another one\u001b[31m", "ours"u8.ToArray(), "theirs"u8.ToArray());

        EvidenceResult result = Export(new AuditQuery { Last = 2 });
        (int code, string said) = Verify();

        Assert.False(result.IsWhole);
        Assert.True(code == 2, said);
        Assert.Contains("the host contradicts this copy", said, StringComparison.Ordinal);
        string readme = File.ReadAllText(Path.Combine(At("evidence"), "README.txt"));
        Assert.StartsWith("EVIDENCE FROM THE AUDIT CHAIN OF THE HOST web01\n\n!! THE HOST CONTRADICTS", readme, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', readme);
        Assert.Equal("theirs", File.ReadAllText(Path.Combine(At("evidence"), "conflicts/1/theirs")));
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
    public void A_pruned_copy_says_where_it_begins_and_that_its_keys_are_not_followed_to_the_first()
    {
        using SignedChain chain = new SignedChain().Runs(20).Sign().Runs(20).Sign().Prune(30).Sign().Runs(2).Sign();
        chain.Store(_control.Cache, first: 30);

        EvidenceResult result = Export(new AuditQuery { First = 33, Last = 35 });
        (int code, string said) = Verify();

        Assert.Equal((3, 3, false), (result.Selected, result.Proven, result.WholeRatchet));
        Assert.True(code == 2, said);
        Assert.Contains("that the keys follow from the chain's first one is not in this folder", said, StringComparison.Ordinal);
        Assert.Contains("Signatures: 2 verified by openssl", said, StringComparison.Ordinal);
        Assert.Contains("How the chain began: the copy holds nothing before entry #30.", File.ReadAllText(Path.Combine(At("evidence"), "README.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_entries_share_their_proofs()
    {
        int stretches = Environment.GetEnvironmentVariable("CC_FULL") == "1" ? 200 : 20;
        using SignedChain chain = new();
        for (int i = 0; i < stretches; i++)
        {
            chain.Runs(1000).Sign();
        }

        chain.Store(_control.Cache);
        EvidenceResult result = Export(new AuditQuery { ExitCode = 1 });
        EvidenceResult most = Export(new AuditQuery { Event = "job.finished" }, "most");
        (int code, string said) = Verify();
        (int mostCode, string mostSaid) = Verify("most");

        Assert.True(code == 0, said);
        Assert.True(mostCode == 0, mostSaid);
        Assert.Equal(stretches * 1000, most.Proven);
        Assert.InRange(new FileInfo(Path.Combine(At("evidence"), "tree.txt")).Length, 1, result.Selected * 120);
        // Whole stretches need next to nothing beside the lines.
        Assert.InRange(new FileInfo(Path.Combine(At("most"), "tree.txt")).Length, 0, stretches * 1000);
    }

    [Fact]
    public void A_copy_that_was_edited_in_the_cache_is_no_evidence()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        chain.Lines[2] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(chain.Lines[2]).Replace("alice", "mallo", StringComparison.Ordinal));
        chain.Store(_control.Cache);

        ProblemException problem = Assert.Throws<ProblemException>(() => Export());

        Assert.Contains("HASH", problem.Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(At("evidence")));
    }

    [Fact]
    public void Long_lines_and_awkward_names_are_proven_byte_for_byte()
    {
        using SignedChain chain = new();
        chain.Add("job.finished", new AuditMember("job_id", new string('x', 65_000)));
        chain.Add("job.finished", new AuditMember("job_id", "a\"b\\c\u001b[2J\u202e\ud800é\n"), new AuditMember("command", "\0😀"));
        chain.Sign().Store(_control.Cache, "web01");

        Export(new AuditQuery { First = 1, Last = 2 });
        (int code, string said) = Verify();

        Assert.True(code == 0, said);
        Assert.DoesNotContain('\u001b', said);
        Assert.Equal([.. chain.Lines[1], (byte)'\n', .. chain.Lines[2], (byte)'\n'], File.ReadAllBytes(Path.Combine(At("evidence"), "entries.jsonl")));
    }

    [Fact]
    public void An_archive_holds_the_same_folder()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        chain.Store(_control.Cache);
        Export(new AuditQuery { Last = 3 }, "case 7.tar.gz");

        Assert.Equal(0, Run("tar", null, "-xzf", At("case 7.tar.gz"), "-C", _fleet.Root).Code);
        (int code, string said) = Verify("case 7");

        Assert.True(code == 0, said);
        Assert.DoesNotContain("root", Run("tar", null, "-tvzf", At("case 7.tar.gz"), "--numeric-owner").Said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_exists_is_not_overwritten_and_an_empty_selection_is_said()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        chain.Store(_control.Cache);
        Directory.CreateDirectory(At("evidence"));

        Assert.Contains("is there already", Assert.Throws<ProblemException>(() => Export()).Message, StringComparison.Ordinal);
        Assert.Contains("no such entry: the entries of the job nothing", Assert.Throws<ProblemException>(() => Export(new AuditQuery { Job = "nothing" }, "other")).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(At("evidence")));
        Assert.False(Path.Exists(At("other")));
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
        chain.Store(_control.Cache);
        Export(new AuditQuery { Event = "job.finished", First = 43 });
        Assert.Equal(2, Verify().Code);
        string file = Path.Combine(At("evidence"), name);
        byte[] before = File.ReadAllBytes(file);
        Random random = new(5);
        for (int i = 0; i < 8; i++)
        {
            int at = random.Next(before.Length), bit = random.Next(8);
            Forge(name, bytes => bytes[at] ^= (byte)(1 << bit));

            (int code, string said) = Verify();

            Assert.True(code == 1, $"byte {at} of {name}, bit {bit}: {said}");
            Assert.Contains("THIS EVIDENCE IS NOT SOUND", said, StringComparison.Ordinal);
            File.WriteAllBytes(file, before);
        }
    }

    [Fact]
    public void An_entry_written_anew_with_its_own_hash_gives_another_root()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign();
        chain.Store(_control.Cache);
        Export(new AuditQuery { First = 7, Last = 7 });
        string file = Path.Combine(At("evidence"), "entries.jsonl");
        string changed = File.ReadAllText(file).Replace("alice", "mallo", StringComparison.Ordinal);
        int hash = changed.IndexOf(", \"hash\"", StringComparison.Ordinal);
        changed = $"{changed[..hash]}, \"hash\": \"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(changed[..hash] + "}")))}\"}}\n";
        File.WriteAllText(file, changed);
        Remake();

        (int code, string said) = Verify();

        Assert.True(code == 1, said);
        Assert.Contains("checkpoint #42 signs another root than the lines have", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_that_stands_for_a_line_without_holding_it_is_refused()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign();
        chain.Store(_control.Cache);
        Export(new AuditQuery { First = 7, Last = 7 });
        string folder = At("evidence"), file = Path.Combine(folder, "entries.jsonl");
        // The right hash of the line as it was, and a line in its place that is whole in itself.
        File.AppendAllText(Path.Combine(folder, "tree.txt"), $"0 7 {MerkleHash.Leaf(chain.Lines[7])}\n");
        string changed = File.ReadAllText(file).Replace("alice", "mallo", StringComparison.Ordinal);
        int hash = changed.IndexOf(", \"hash\"", StringComparison.Ordinal);
        File.WriteAllText(file, $"{changed[..hash]}, \"hash\": \"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(changed[..hash] + "}")))}\"}}\n");
        Remake();

        (int code, string said) = Verify();

        Assert.True(code == 1, said);
        Assert.Contains("tree.txt: a hash stands in the place of another or of a line", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_entry_s_proof_leads_to_the_root_of_the_first_checkpoint_after_it()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign().Runs(3).Sign().Runs(2);
        ChainHead head = chain.Store(_control.Cache);
        for (long seq = 0; seq <= head.Seq; seq++)
        {
            EntryProof proof = _control.Audit.Evidence.Prove("web01", _control.Audit.Entry("web01", seq));

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
