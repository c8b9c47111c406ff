using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit.Evidence;

/// <summary>
/// An entry that is no leaf of a tree that the chain's own keys signed is never called proven, however it is spelled and wherever it stands. The forger
/// counts it in <c>export.json</c> and writes a new MANIFEST.
/// </summary>
public sealed class NoLeafTests : IAsyncDisposable
{
    private readonly ExportedEvidence _evidence = new();

    public ValueTask DisposeAsync() => _evidence.DisposeAsync();

    [Theory]
    [InlineData("-7")]
    [InlineData("-1")]
    [InlineData("-0")]
    [InlineData("-1e3")]
    [InlineData("-Infinity")]
    [InlineData("NaN")]
    [InlineData("2.0")]
    [InlineData("2.5")]
    [InlineData("2e0")]
    [InlineData("2")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("null")]
    [InlineData("\"2\"")]
    [InlineData("[2]")]
    [InlineData("{}")]
    public void A_self_made_entry_is_caught_however_its_number_is_spelled(string seq)
    {
        using SignedChain chain = Exported(out int selected);
        foreach (int at in (int[])[0, 2, selected])
        {
            List<string> lines = [.. File.ReadAllLines(At("entries.jsonl"))];
            string[] before = [.. lines];
            lines.Insert(at, SelfMade(seq));
            Write("entries.jsonl", lines);
            Summary("selected", lines.Count);

            NotSound($"{seq} as line {at + 1}");
            Write("entries.jsonl", before);
        }
    }

    [Theory]
    [InlineData(44)]
    [InlineData(45)]
    [InlineData(46)]
    [InlineData(1_000_000)]
    public void A_self_made_entry_after_what_is_signed_is_at_best_said_not_to_be_proven(long seq)
    {
        using SignedChain chain = Exported(out int selected);
        Write("entries.jsonl", [.. File.ReadAllLines(At("entries.jsonl")), SelfMade($"{seq}")]);
        Summary("selected", selected + 1);

        (int code, string said) = _evidence.Verify();

        // The checkpoint is #42 and the head #45.
        Assert.True(code == (seq <= 45 ? 2 : 1), said);
        Assert.DoesNotContain($"covers #{seq}", said, StringComparison.Ordinal);
        Assert.Contains(seq <= 45 ? $"1 entry follows the last checkpoint or is in a chain without one (#{seq})" : "does not hold the entries that export.json counts", said, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_before_the_lines_that_lead_to_the_head_is_not_said_to_be_linked_to_it()
    {
        using SignedChain chain = new SignedChain(signed: false).Runs(9);
        chain.Store(_evidence.Cache);
        _evidence.Export(new AuditQuery { First = 6, Last = 7 });
        Write("entries.jsonl", [SelfMade("3"), .. File.ReadAllLines(At("entries.jsonl"))]);
        Summary("selected", 3);

        NotSound("an entry before the links");
    }

    [Theory]
    [InlineData("twice")]
    [InlineData("swapped")]
    [InlineData("none")]
    public void Entries_twice_or_in_another_order_or_none_are_not_the_selection(string how)
    {
        using SignedChain chain = Exported(out _);
        string[] lines = File.ReadAllLines(At("entries.jsonl"));
        Write("entries.jsonl", how switch
        {
            "twice" => [lines[0], .. lines],
            "swapped" => [lines[1], lines[0], .. lines[2..]],
            _ => [],
        });
        Summary("selected", how == "twice" ? lines.Length + 1 : how == "none" ? 0 : lines.Length);

        NotSound(how);
    }

    [Theory]
    [InlineData("space")]
    [InlineData("return")]
    [InlineData("order")]
    [InlineData("escape")]
    [InlineData("number")]
    [InlineData("member")]
    public void The_same_entry_in_another_spelling_is_another_leaf(string how)
    {
        using SignedChain chain = Exported(out _);
        string[] lines = File.ReadAllLines(At("entries.jsonl"));
        string before = lines[1];
        string hash = lines[1][lines[1].IndexOf("\"hash\"", StringComparison.Ordinal)..^1];
        lines[1] = how switch
        {
            "space" => lines[1].Replace("\": ", "\":", StringComparison.Ordinal),
            "return" => lines[1] + "\r",
            "order" => $"{{{hash}, {lines[1][1..].Replace(", " + hash, "", StringComparison.Ordinal)}",
            "escape" => lines[1].Replace("alice", "\\u0061lice", StringComparison.Ordinal),
            "number" => lines[1].Replace("\"exit_code\": 0", "\"exit_code\": -0", StringComparison.Ordinal),
            _ => lines[1].Replace("\"user\": \"alice\"", "\"user\": \"mallo\", \"user\": \"alice\"", StringComparison.Ordinal),
        };
        Assert.NotEqual(before, lines[1]);
        Write("entries.jsonl", lines);

        NotSound(how);
    }

    [Fact]
    public void Another_chain_under_the_hash_of_the_genuine_first_entry_is_not_that_chain()
    {
        using SignedChain genuine = new SignedChain().Runs(4).Sign(), forged = new SignedChain(keyInGenesis: false).Runs(20).Sign();
        ChainHead head = genuine.Store(_evidence.Cache, "web02");
        forged.Store(_evidence.Cache);
        _evidence.Export(new AuditQuery { First = 7, Last = 9 });
        Assert.Equal(0, _evidence.Verify().Code);
        // Its own first entry is only a hash now, and the key of its own that was announced is said to be the chain's first.
        File.Delete(At("genesis.jsonl"));
        File.AppendAllText(At("tree.txt"), $"0 0 {MerkleHash.Leaf(forged.Lines[0])}\n");
        Summary("genesis_hash", head.GenesisHash);

        NotSound("the genuine chain's first entry is not there");
        Summary("genesis_hash", null);
        Summary("ratchet", "parts");
        (int code, string said) = _evidence.Verify();
        Assert.True(code == 2, said);
        Assert.Contains("that the keys follow from the chain's first one is not in this folder", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("announcements.jsonl", "audit.key_next")]
    [InlineData("checkpoints.jsonl", "audit.checkpoint")]
    [InlineData("genesis.jsonl", "audit.genesis")]
    public void Only_the_agent_s_own_kinds_of_entries_name_keys_and_sign(string file, string kind)
    {
        // Whole in every other way: the agent writes no member of this name into another entry, and should it ever, that announces nothing.
        using SignedChain chain = new SignedChain().Runs(3).Sign().Runs(3).Sign();
        chain.Store(_evidence.Cache);
        _evidence.Export(new AuditQuery { First = 6, Last = 6 });
        Write(file, [.. File.ReadAllLines(At(file)).Select(line => Hashed(line[..line.IndexOf(", \"hash\"", StringComparison.Ordinal)].Replace(kind, "job.finished", StringComparison.Ordinal)))]);

        Assert.Contains($"{file}: line 1: it is no {kind}", NotSound(file), StringComparison.Ordinal);
    }

    /// <summary>A few entries of a chain with 46, whose checkpoint is #42.</summary>
    private SignedChain Exported(out int selected)
    {
        SignedChain chain = new SignedChain().Runs(40).Sign().Runs(3);
        chain.Store(_evidence.Cache);
        _evidence.Export(new AuditQuery { First = 3, Last = 7 });
        selected = 5;
        Assert.Equal(0, _evidence.Verify().Code);
        return chain;
    }

    private string NotSound(string what)
    {
        _evidence.Remake();
        (int code, string said) = _evidence.Verify();
        Assert.True(code == 1, $"{what}: {said}");
        Assert.EndsWith("RESULT: THIS EVIDENCE IS NOT SOUND\n", said, StringComparison.Ordinal);
        return said;
    }

    private static string SelfMade(string seq) =>
        Hashed($"{{\"chain\": \"c0ffee\", \"event\": \"job.finished\", \"prev_hash\": \"{new string('0', 64)}\", \"seq\": {seq}, \"user\": \"mallory\"");

    /// <summary>With the hash that Python has of it, whatever it is.</summary>
    private static string Hashed(string start)
    {
        string canonical = start.Replace("\"seq\": -0,", "\"seq\": 0,", StringComparison.Ordinal).Replace("\"seq\": 2e0,", "\"seq\": 2.0,", StringComparison.Ordinal)
            .Replace("\"seq\": -1e3,", "\"seq\": -1000.0,", StringComparison.Ordinal);
        return $"{start}, \"hash\": \"{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(canonical + "}")))}\"}}";
    }

    private string At(string name) => Path.Combine(_evidence.At("evidence"), name);

    private void Write(string name, IEnumerable<string> lines)
    {
        File.WriteAllText(At(name), string.Concat(lines.Select(line => line + "\n")));
        _evidence.Remake();
    }

    private void Summary(string name, JsonNode? value)
    {
        JsonNode export = JsonNode.Parse(File.ReadAllBytes(At("export.json")))!;
        export[name] = value;
        File.WriteAllText(At("export.json"), export.ToJsonString());
        _evidence.Remake();
    }
}
