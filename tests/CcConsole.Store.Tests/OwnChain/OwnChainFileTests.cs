using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Store.OwnChain;
using Xunit;

namespace CcConsole.Store.Tests.OwnChain;

/// <summary>What the console writes of itself, and who reads it.</summary>
public sealed class OwnChainFileTests : OwnChainTest
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
        int read = 0;
        for (int round = 0; round < 20 || (read == 0 && round < 1000); round++)
        {
            string folder = Path.Combine(Folder.Root, $"state{round}");
            OwnChainFile chain = new(folder, "laptop", Folder.Time), reader = new(folder, "laptop", Folder.Time);
            Task begins = Task.Run(() => chain.Append(AuditEvents.CrontabEdited));
            while (!begins.IsCompleted)
            {
                Assert.InRange(reader.Lines().Count(), 0, 3);
                read++;
            }

            await begins;
        }

        Assert.NotEqual(0, read);
    }

    [Fact]
    public void A_console_that_wrote_nothing_for_hours_owes_no_signature_for_them()
    {
        SteppedTime time = new();
        OwnChainFile chain = new(Folder.Root, "laptop", time);
        chain.Append(AuditEvents.CrontabEdited);
        chain.Sign();
        time.Step = TimeSpan.FromHours(3);
        chain.Append(AuditEvents.CrontabEdited);
        chain.Sign();
        Assert.Equal(AuditEvents.AuditOpened, Event(Entries(chain)[4]));
        Assert.True(Verify(chain).Verdict.IsGood(), Verify(chain).Message);
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

    private sealed class SteppedTime : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Step.TotalSeconds * TimestampFrequency);
    }
}
