using System.Text;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Store.OwnChain;
using Xunit;

namespace CcConsole.Store.Tests.OwnChain;

/// <summary>The signatures, the ratchet and the tree of the console's own chain.</summary>
public sealed class OwnChainSigningTests : OwnChainTest
{
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
        OwnChainFile chain = new(Folder.Root, "laptop", Folder.Time) { SegmentBytes = 1700 };
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
}
