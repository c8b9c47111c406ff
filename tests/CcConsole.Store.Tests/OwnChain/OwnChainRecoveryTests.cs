using System.Text;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Segments;
using CcConsole.Store.OwnChain;
using Xunit;

namespace CcConsole.Store.Tests.OwnChain;

/// <summary>What a console that was killed, a full disk or a hand left of the chain.</summary>
public sealed class OwnChainRecoveryTests : OwnChainTest
{
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

    private void Begin(string name, string text)
    {
        string path = Path.Combine(Folder.Root, "audit", name);
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
}
