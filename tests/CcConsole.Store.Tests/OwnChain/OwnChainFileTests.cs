using System.Text;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Core.Audit.Segments;
using CcConsole.Store.Chains;
using CcConsole.Store.OwnChain;
using Xunit;

namespace CcConsole.Store.Tests.OwnChain;

public sealed class OwnChainFileTests : IDisposable
{
    private const string Python = """
        import hashlib, json, sys
        prev, n = "0" * 64, 0
        for line in open(sys.argv[1], "rb"):
            e = json.loads(line); h = e.pop("hash")
            assert e["prev_hash"] == prev and e.get("seq", n) == n, f"link broken at entry {n}"
            assert hashlib.sha256(json.dumps(e, sort_keys=True).encode()).hexdigest() == h, f"hash mismatch at entry {n}"
            prev, n = h, n + 1
        print("OK", n, prev)
        """;

    private readonly TemporaryCache _folder = new();

    public void Dispose() => _folder.Dispose();

    private string State => Path.Combine(_folder.Root, "audit-state");

    private OwnChainFile Open() => new(_folder.Root, "laptop", _folder.Time);

    private string[] Segments() => [.. Directory.GetFiles(Path.Combine(_folder.Root, "audit")).Order(StringComparer.Ordinal)];

    private static List<JsonElement> Entries(OwnChainFile chain) => [.. chain.Lines().Select(line => JsonDocument.Parse(line.Bytes).RootElement)];

    private static string Event(JsonElement entry) => entry.GetProperty("event").GetString()!;

    private static VerifyResult Verify(OwnChainFile chain)
    {
        using Stream stream = chain.OpenRead();
        return ChainVerifier.Verify(stream);
    }

    /// <summary>Every note of a chain, held against the lines and the keys that it announces, apart from the product's own verification.</summary>
    private static int CheckSignatures(OwnChainFile chain)
    {
        VerifierKey? inForce = null, announced = null;
        CompactRange tree = new();
        int notes = 0;
        foreach (ChainLine line in chain.Lines())
        {
            JsonElement entry = JsonDocument.Parse(line.Bytes).RootElement;
            switch (Event(entry))
            {
                case AuditEvents.Genesis:
                    inForce = VerifierKey.Parse(entry.GetProperty("vkey").GetString()!);
                    break;
                case AuditEvents.KeyNext:
                    announced = VerifierKey.Parse(entry.GetProperty("vkey").GetString()!);
                    break;
                case AuditEvents.Checkpoint:
                    SignedNote note = SignedNote.Parse(entry.GetProperty("note").GetString()!);
                    Assert.True(inForce!.Verify(note));
                    Assert.Equal(new Checkpoint(inForce.Name, line.Seq, tree.Root), Checkpoint.Parse(note.Text));
                    (inForce, announced) = (announced, null);
                    notes++;
                    break;
            }

            tree.Append(MerkleHash.Leaf(line.Bytes.Span));
        }

        return notes;
    }

    [Fact]
    public void What_a_console_did_is_a_chain_that_the_public_verifier_and_the_signatures_prove()
    {
        OwnChainFile chain = Open();
        Assert.Equal(1, chain.Append(AuditEvents.CrontabEdited, new AuditMember("host", "web\u202e01"), new AuditMember("actor", "al\u001bice")));
        chain.Sign();
        Assert.Equal(4, chain.Append(AuditEvents.ConsolePulled, new AuditMember("host", "web01")));
        chain.Sign();
        chain.Sign();

        Assert.Equal([AuditEvents.Genesis, AuditEvents.CrontabEdited, AuditEvents.KeyNext, AuditEvents.Checkpoint, AuditEvents.ConsolePulled, AuditEvents.KeyNext, AuditEvents.Checkpoint],
            Entries(chain).Select(Event));
        Assert.Equal(2, CheckSignatures(chain));
        VerifyResult found = Verify(chain);
        Assert.True(found.Verdict.IsGood(), found.Message);
        string file = Assert.Single(Segments());
        Assert.Equal($"OK 7 {found.Head}\n", TemporaryCache.Run("python3", "-c", Python, file));
    }

    [Fact]
    public async Task Several_consoles_write_one_chain()
    {
        const int consoles = 6, each = 20;
        await Task.WhenAll(Enumerable.Range(0, consoles).Select(console => Task.Run(() =>
        {
            OwnChainFile chain = Open();
            for (int i = 0; i < each; i++)
            {
                chain.Append(AuditEvents.ConsolePulled, new AuditMember("host", $"web{console}"), new AuditMember("host_seq", i));
            }

            chain.Sign();
        })));
        OwnChainFile all = Open();
        Assert.True(Verify(all).Verdict.IsGood());
        Assert.Equal(consoles, CheckSignatures(all));
        // The one that begins the chain need not say so twice.
        Assert.Equal(1 + (consoles * (each + 2)) + consoles - 1, all.Lines().Count());
    }

    [Fact]
    public async Task A_chain_is_read_while_another_console_begins_it()
    {
        for (int round = 0; round < 20; round++)
        {
            string folder = Path.Combine(_folder.Root, $"state{round}");
            OwnChainFile chain = new(folder, "laptop", _folder.Time), reader = new(folder, "laptop", _folder.Time);
            Task begins = Task.Run(() => chain.Append(AuditEvents.CrontabEdited));
            while (!begins.IsCompleted)
            {
                Assert.InRange(reader.Lines().Count(), 0, 3);
            }

            await begins;
        }
    }

    [Fact]
    public void A_console_that_wrote_nothing_for_hours_owes_no_signature_for_them()
    {
        SteppedTime time = new();
        OwnChainFile chain = new(_folder.Root, "laptop", time);
        chain.Append(AuditEvents.CrontabEdited);
        chain.Sign();
        time.Step = TimeSpan.FromHours(3);
        chain.Append(AuditEvents.CrontabEdited);
        chain.Sign();
        Assert.Equal(AuditEvents.AuditOpened, Event(Entries(chain)[4]));
        Assert.True(Verify(chain).Verdict.IsGood(), Verify(chain).Message);
    }

    private sealed class SteppedTime : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Step.TotalSeconds * TimestampFrequency);
    }

    [Theory]
    [InlineData("{\"chain\": \"half an ent")]
    [InlineData("\0\0\0\0\0\0\0")]
    [InlineData("{}\n{}\n")]
    public void A_torn_tail_stays_and_is_attested(string torn)
    {
        Open().Append(AuditEvents.CrontabEdited);
        string first = Segments()[0];
        long length = new FileInfo(first).Length;
        File.AppendAllText(first, torn);
        OwnChainFile chain = Open();
        chain.Append(AuditEvents.ConsolePulled);
        JsonElement attested = Entries(chain)[2];
        Assert.Equal(AuditEvents.Recovered, Event(attested));
        Assert.Equal((Path.GetFileName(first), length, (long)torn.Length, Sha256.Hash(Encoding.UTF8.GetBytes(torn)).ToString()),
            (attested.GetProperty("segment").GetString(), attested.GetProperty("offset").GetInt64(), attested.GetProperty("length").GetInt64(), attested.GetProperty("sha256").GetString()));
        Assert.EndsWith(torn, File.ReadAllText(first));
        Assert.True(Verify(chain).Verdict.IsGood());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"chain\": \"half an ent")]
    [InlineData("{}\n{}\n")]
    public void What_a_second_failure_leaves_is_attested_beside_the_first(string second)
    {
        Open().Append(AuditEvents.CrontabEdited);
        byte[] head = File.ReadAllBytes(Path.Combine(State, "head"));
        string first = Segments()[0];
        File.AppendAllText(first, "{}\n{\"torn\"");
        // The file in which that was to be attested could not be written either, a third one after it neither.
        Begin("00000000000000000002.jsonl", second);
        Begin("00000000000000000002-1.jsonl", "{\"");
        OwnChainFile chain = Open();
        chain.Append(AuditEvents.ConsolePulled);
        Attested(chain, [AuditEvents.Genesis, AuditEvents.CrontabEdited, .. Enumerable.Repeat(AuditEvents.Recovered, second.Length > 0 ? 3 : 2), AuditEvents.ConsolePulled]);

        // The next failure tears the attestations themselves, behind the first of them.
        string third = Segments().Single(name => name.EndsWith("-2.jsonl", StringComparison.Ordinal));
        string[] lines = File.ReadAllLines(third);
        File.WriteAllText(third, $"{lines[0]}\n{lines[1][..50]}");
        File.WriteAllBytes(Path.Combine(State, "head"), head);
        Open().Append(AuditEvents.AuditResolved);
        Attested(chain, [AuditEvents.Genesis, AuditEvents.CrontabEdited, .. Enumerable.Repeat(AuditEvents.Recovered, second.Length > 0 ? 4 : 3), AuditEvents.AuditResolved]);
        Open().Append(AuditEvents.ConsolePulled);
        Assert.True(Verify(chain).Verdict.IsGood(), Verify(chain).Message);
    }

    private void Begin(string name, string text)
    {
        string path = Path.Combine(_folder.Root, "audit", name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>The folder as a verifier reads it that knows nothing of consoles.</summary>
    private void Attested(OwnChainFile chain, string[] events)
    {
        Assert.Equal(events, Entries(chain).Select(Event));
        using SegmentedChainStream folder = new(Segments().Select(path =>
            SegmentName.TryParse(Path.GetFileName(path), out SegmentName? name) ? new ChainSegment(name, new FileInfo(path).Length, () => File.OpenRead(path)) : throw new InvalidOperationException(path)));
        VerifyResult found = ChainVerifier.Verify(folder);
        Assert.True(found.Verdict.IsGood(), found.Message);
        Assert.Equal((events.Length, 0), ((int)found.Entries, folder.NotAttested.Count));
    }

    [Fact]
    public void A_line_that_a_console_wrote_before_it_was_killed_belongs_to_the_chain()
    {
        OwnChainFile chain = Open();
        chain.Append(AuditEvents.CrontabEdited);
        byte[] head = File.ReadAllBytes(Path.Combine(State, "head"));
        chain.Append(AuditEvents.AuditResolved);
        File.WriteAllBytes(Path.Combine(State, "head"), head);
        Assert.Equal(4, Open().Append(AuditEvents.ConsolePulled));
        Assert.Equal([AuditEvents.Genesis, AuditEvents.CrontabEdited, AuditEvents.AuditResolved, AuditEvents.AuditOpened, AuditEvents.ConsolePulled], Entries(chain).Select(Event));
        Assert.True(Verify(chain).Verdict.IsGood());
    }

    [Fact]
    public void A_log_that_was_cut_is_never_a_new_start()
    {
        OwnChainFile chain = Open();
        chain.Append(AuditEvents.CrontabEdited);
        chain.Append(AuditEvents.AuditResolved);
        string[] lines = File.ReadAllLines(Segments()[0]);
        File.WriteAllText(Segments()[0], string.Join('\n', lines[..2]) + "\n");
        OwnChainFile again = Open();
        again.Append(AuditEvents.ConsolePulled);
        Assert.Equal(AuditEvents.Shrunk, Event(Entries(again)[2]));
        VerifyResult found = Verify(again);
        Assert.Equal((Verdict.Gap, 3L), (found.Verdict, found.FirstBad));
    }

    [Fact]
    public void A_chain_whose_remembered_head_is_gone_says_so()
    {
        Open().Append(AuditEvents.CrontabEdited);
        File.Delete(Path.Combine(State, "head"));
        OwnChainFile chain = Open();
        chain.Append(AuditEvents.ConsolePulled);
        JsonElement said = Entries(chain)[2];
        Assert.Equal((AuditEvents.Shrunk, "the remembered head is gone"), (Event(said), said.GetProperty("reason").GetString()));
        Assert.True(Verify(chain).Verdict.IsGood());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_in_the_ratchet_is_finished_or_announced_again(bool signed)
    {
        OwnChainFile chain = Open();
        chain.Append(AuditEvents.CrontabEdited);
        string key = Path.Combine(State, "key"), next = Path.Combine(State, "key.next");
        byte[] before = File.ReadAllBytes(key);
        chain.Sign();
        // As the files were before the turn, and, for a crash before the signature, the log as it was too.
        byte[] announced = File.ReadAllBytes(key);
        File.WriteAllBytes(key, before);
        File.WriteAllBytes(next, announced);
        File.SetUnixFileMode(next, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (!signed)
        {
            string[] lines = File.ReadAllLines(Segments()[0]);
            File.WriteAllText(Segments()[0], string.Join('\n', lines[..3]) + "\n");
            JsonElement last = JsonDocument.Parse(lines[2]).RootElement;
            long end = new FileInfo(Segments()[0]).Length;
            File.WriteAllText(Path.Combine(State, "head"),
                $"cc-console-chain 1 {last.GetProperty("chain").GetString()} 2 {last.GetProperty("hash").GetString()} {Path.GetFileName(Segments()[0])} {end - lines[2].Length - 1} {end}\n");
        }

        OwnChainFile again = Open();
        again.Append(AuditEvents.ConsolePulled);
        again.Sign();
        Assert.Equal(signed ? 2 : 1, CheckSignatures(again));
        Assert.True(Verify(again).Verdict.IsGood());
        Assert.False(File.Exists(next));
    }

    [Fact]
    public void A_signature_goes_on_from_the_one_before_and_signs_nothing_anew()
    {
        OwnChainFile chain = Open();
        chain.Append(AuditEvents.CrontabEdited, new AuditMember("host", "web01"));
        chain.Sign();
        chain.Append(AuditEvents.ConsolePulled);
        // Somebody rewrites what was signed: the next signature is still over what it was.
        string segment = Assert.Single(Segments());
        byte[] before = File.ReadAllBytes(segment), rewritten = [.. before];
        rewritten[rewritten.AsSpan().IndexOf("web01"u8)] = (byte)'X';
        File.WriteAllBytes(segment, rewritten);
        chain.Sign();
        Assert.Equal(Verdict.Hash, Verify(chain).Verdict);
        byte[] after = File.ReadAllBytes(segment);
        before.CopyTo(after, 0);
        File.WriteAllBytes(segment, after);
        Assert.True(Verify(chain).Verdict.IsGood(), Verify(chain).Message);
        Assert.Equal(2, CheckSignatures(chain));
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("torn")]
    [InlineData("old")]
    [InlineData("of another chain")]
    [InlineData("false")]
    [InlineData("elsewhere")]
    public void A_remembered_tree_that_does_not_fit_the_chain_is_none(string what)
    {
        OwnChainFile chain = Open();
        string path = Path.Combine(State, "tree");
        chain.Append(AuditEvents.CrontabEdited);
        chain.Sign();
        string old = File.ReadAllText(path);
        chain.Append(AuditEvents.ConsolePulled);
        chain.Sign();
        string text = File.ReadAllText(path);
        string[] parts = text.TrimEnd('\n').Split(' ')[..^1];
        string id = parts[2];
        switch (what)
        {
            case "of another chain":
                parts[2] = new string('0', id.Length);
                break;
            case "false":
                parts[^1] = new string('0', Hash32.HexLength);
                break;
            case "elsewhere":
                parts[6] = "17";
                break;
        }

        string made = string.Join(' ', parts);
        File.WriteAllText(path, what switch { "torn" => text[..(text.Length / 2)], "old" => old, _ => $"{made} {Sha256.Hash(Encoding.ASCII.GetBytes(made))}\n" });
        if (what == "gone")
        {
            File.Delete(path);
        }

        chain.Append(AuditEvents.AuditResolved);
        chain.Sign();
        Assert.True(Verify(chain).Verdict.IsGood(), Verify(chain).Message);
        Assert.Equal(3, CheckSignatures(chain));
    }

    [Fact]
    public void A_signature_that_begins_a_new_segment_covers_the_entry_that_says_so()
    {
        OwnChainFile chain = new(_folder.Root, "laptop", _folder.Time) { SegmentBytes = 1700 };
        for (int i = 0; i < 6; i++)
        {
            chain.Append(AuditEvents.ConsolePulled, new AuditMember("host", new string('x', 2000)));
            chain.Sign();
        }

        Assert.True(Segments().Length > 3);
        Assert.Contains($"{AuditEvents.Rotate} {AuditEvents.KeyNext}", string.Join(' ', Entries(chain).Select(Event)));
        Assert.True(Verify(chain).Verdict.IsGood(), Verify(chain).Message);
        Assert.Equal(6, CheckSignatures(chain));
    }

    [Fact]
    public void What_could_not_be_signed_is_signed_the_next_time()
    {
        OwnChainFile chain = Open();
        chain.Append(AuditEvents.CrontabEdited);
        File.SetUnixFileMode(chain.Directory, (UnixFileMode)0b111_101_101);
        Assert.Throws<ProblemException>(() => chain.Sign());
        File.SetUnixFileMode(chain.Directory, (UnixFileMode)0b111_000_000);
        chain.Sign();
        Assert.Equal(1, CheckSignatures(chain));
    }

    [Fact]
    public void A_key_that_has_signed_is_overwritten()
    {
        OwnChainFile chain = Open();
        chain.Append(AuditEvents.CrontabEdited);
        string key = Path.Combine(State, "key");
        using FileStream held = File.OpenRead(key);
        byte[] before = File.ReadAllBytes(key);
        chain.Sign();
        byte[] now = new byte[before.Length];
        held.ReadExactly(now);
        Assert.All(now, octet => Assert.Equal(0, octet));
        Assert.NotEqual(before, File.ReadAllBytes(key));
    }

    [Fact]
    public void A_chain_that_cannot_be_written_says_what_to_do()
    {
        OwnChainFile chain = Open();
        chain.Demand();
        chain.Append(AuditEvents.CrontabEdited);
        File.SetUnixFileMode(chain.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        ProblemException problem = Assert.Throws<ProblemException>(chain.Demand);
        Assert.Contains("own audit chain cannot be written", problem.Message);
        Assert.Contains("chmod 700", problem.Hint);
        Assert.Equal(2, chain.Lines().Count());
    }
}
