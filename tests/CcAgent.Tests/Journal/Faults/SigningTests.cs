using System.Diagnostics;
using CcAgent.Journal;
using CcAgent.Places;
using CcAgent.Tests.Harness;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Journal.Faults;

/// <summary>What becomes of the chain and its keys where one step of signing fails.</summary>
public class SigningTests
{
    [Fact]
    public async Task Where_the_library_cannot_sign_entries_go_on_and_the_next_checkpoint_is_good()
    {
        using var folder = new SecureFolder();
        using (var journal = OpenJournal.In(folder, settings: new AuditSettings(CheckpointEntries: 5)))
        {
            Add(journal, 1);
            journal.Checkpoint();
            var key = OpenJournal.Blind(journal);
            journal.Checkpoint();
            Assert.NotNull(journal.Unsigned);
            // In the middle of a batch too, and neither an announcement nor a complaint for each entry.
            var before = journal.NextSeq;
            Add(journal, 20);
            journal.Tend();
            Assert.Equal(before + 20, journal.NextSeq);
            OpenJournal.Restore(journal, key);
            OpenJournal.Wait(journal);
            Add(journal, 1);
            journal.Tend();
            Assert.Null(journal.Unsigned);
        }

        Assert.Equal(1, await CountAsync(folder, AuditEvents.Unsigned));
        await GoodAsync(folder, 2);
    }

    [Theory]
    [InlineData("tree.new")]
    [InlineData("key.next")]
    public async Task After_one_step_that_failed_the_next_checkpoint_is_signed_as_soon_as_its_key_is_there(string blocked)
    {
        using var folder = new SecureFolder();
        blocked = folder.Path + "/audit-state/" + blocked;
        using (var journal = OpenJournal.In(folder, settings: new AuditSettings(CheckpointEntries: 40)))
        {
            journal.Checkpoint();
            OpenJournal.Finish(journal);
            // In the way of the tree that is kept, or of the next key.
            Directory.CreateDirectory(blocked);
            Add(journal, 1);
            journal.Checkpoint();
            OpenJournal.Finish(journal);
            Assert.NotNull(journal.Unsigned);
            var before = journal.LastCheckpoint;
            Directory.Delete(blocked);
            Add(journal, 30);
            // Begins to make the key, beside the writer.
            journal.Tend();
            OpenJournal.Finish(journal);
            Add(journal, 40);
            Assert.NotEqual(before, journal.LastCheckpoint);
        }

        await GoodAsync(folder, await RatchetOracle.CheckpointsAsync(folder.Path));
    }

    [Fact]
    public async Task A_first_key_whose_entry_was_given_up_is_named_again()
    {
        using var folder = new SecureFolder();
        // A chain whose genesis names no key, and no key can be made at first.
        var blocked = folder.Path + "/audit-state/key.next";
        Directory.CreateDirectory(blocked);
        File.SetUnixFileMode(folder.Path + "/audit-state", (UnixFileMode)0x1C0);
        using (var journal = OpenJournal.In(folder))
        {
            Assert.NotNull(journal.Unsigned);
            Directory.Delete(blocked);
            OpenJournal.FailOnce(journal);
            Assert.Throws<ProblemException>(journal.Checkpoint);
            journal.Recover();
            journal.Checkpoint();
            Assert.Null(journal.Unsigned);
        }

        // Whoever has looked takes the alarm away.
        File.Delete(folder.Path + "/audit-state/alarms");
        await GoodAsync(folder, 1);
    }

    [Fact]
    public async Task Without_the_head_too_the_key_that_the_chain_names_signs_after_a_kill_before_the_rename()
    {
        using var folder = new SecureFolder();
        await InjectedFault.KillSecondRunAsync(folder, "audit-state/key.next", "rename", 1);
        File.Delete(folder.Path + "/audit-state/head");
        var before = await RatchetOracle.CheckpointsAsync(folder.Path);
        Assert.Equal(2, before);
        using (var journal = OpenJournal.In(folder))
        {
            Assert.Null(journal.Unsigned);
            journal.Checkpoint();
        }

        // That the head was gone stays said; each checkpoint is by the key in force all the same.
        Assert.Equal(before + 2, await RatchetOracle.CheckpointsAsync(folder.Path));
        Assert.DoesNotContain("RATCHET", (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_shrunk_chain_the_key_in_force_is_named_anew_before_anything_else_is_written()
    {
        using var folder = new SecureFolder();
        using (var journal = OpenJournal.In(folder))
        {
            for (var i = 0; i < 3; i++)
            {
                Add(journal, 2);
                journal.Checkpoint();
            }
        }

        // As many lines as two checkpoints and their announcements: the key that the rest names is long gone.
        var segment = folder.LastSegment("audit");
        await File.WriteAllLinesAsync(segment, (await File.ReadAllLinesAsync(segment, TestContext.Current.CancellationToken))[..5], TestContext.Current.CancellationToken);
        for (var start = 0; start < 2; start++)
        {
            // Killed at once: nothing but what it writes when it opens the log.
            using var journal = OpenJournal.In(folder);
            Assert.Null(journal.Unsigned);
        }

        var entries = await AgentProgram.EntriesAsync(folder.Path);
        Assert.Equal([AuditEvents.Shrunk, AuditEvents.KeyNext, AuditEvents.Checkpoint], entries[^3..].Select(entry => entry.GetProperty("event").GetString()));
        Assert.Equal(0, await CountAsync(folder, AuditEvents.Unsigned));
    }

    [Fact]
    public void A_key_whose_file_could_not_take_its_place_takes_it_at_the_end()
    {
        using var folder = new SecureFolder();
        var key = folder.Path + "/audit-state/key";
        using (var journal = OpenJournal.In(folder))
        {
            // In the place of the key in force: it cannot be overwritten.
            File.Move(key, key + ".kept");
            Directory.CreateDirectory(key);
            journal.Checkpoint();
            OpenJournal.Finish(journal);
            Assert.NotNull(journal.Unsigned);
            Assert.True(File.Exists(key + ".next"));
            Directory.Delete(key);
            File.Move(key + ".kept", key);
        }

        Assert.False(File.Exists(key + ".next"));
        using var next = OpenJournal.In(folder);
        Assert.Null(next.Unsigned);
    }

    [Fact]
    public void A_next_key_that_cannot_be_made_is_not_tried_again_after_each_batch()
    {
        using var folder = new SecureFolder();
        var tries = new HashSet<Thread>();
        var clock = Stopwatch.StartNew();
        using var journal = OpenJournal.In(folder, settings: new AuditSettings(CheckpointEntries: 100));
        Directory.CreateDirectory(folder.Path + "/audit-state/key.next");
        for (var i = 0; i < 400; i++)
        {
            Add(journal, 1);
            journal.Tend();
            if (OpenJournal.Work(journal) is { } work)
                tries.Add(work);
        }

        Assert.InRange(tries.Count, 1, 1 + (int)(clock.Elapsed.TotalSeconds / 10));
        Assert.NotNull(journal.Unsigned);
    }

    [Fact]
    public async Task A_daemon_whose_user_may_start_nothing_more_goes_on_and_signs()
    {
        using var user = new TestUser();
        var edits = 0;
        await using (var daemon = await RunningDaemon.StartAsAsync(user))
        {
            // As a job of the user's that has started all it can: from now on no thread can be had.
            var limited = await ProgramRun.RunAsync("/usr/bin/setpriv", [.. user.SetPrivileges, "/usr/bin/prlimit", "--pid", $"{daemon.Pid}", "--nproc=1:1"], directory: "/");
            Assert.True(limited.Code == 0, limited.ToString());
            // That the table can be read on no thread either ends nothing. It is looked at some seconds after an edit, but for one that comes too early.
            var looks = 0;
            await Eventually.TrueAsync(
                () =>
                {
                    if (looks++ % 300 == 0)
                        Edit();
                    return daemon.Said.Contains("no thread can be started", StringComparison.Ordinal);
                },
                "the table is looked at", 60);
            Edit();
            Edit();
            // Not by SIGTERM: for that .NET starts a thread.
            await daemon.KillAsync();
        }

        var entries = AgentProgram.Lines((await AgentProgram.RunAsAsync(user, "audit", "show", "--json")).Output).ConvertAll(entry => entry.GetProperty("event").GetString());
        void Edit()
        {
            var edit = SocketClient.Ask(
                user.SocketFolder + "/cc-agent.sock", """{"request":"audit.append","params":{"event":"crontab.edited","actor":"ada","origin":"laptop"}}""");
            Assert.True(edit.GetProperty("ok").GetBoolean(), edit.ToString());
            edits++;
        }

        Assert.Equal(edits, entries.Count(name => name == AuditEvents.CrontabEdited));
        Assert.InRange(entries.Count(name => name == AuditEvents.Checkpoint), edits - 1, edits + 1);
        Assert.DoesNotContain(AuditEvents.Unsigned, entries);
        var verify = await AgentProgram.RunAsAsync(user, "audit", "verify");
        Assert.True(verify.Code == 0, verify.ToString());
    }

    // The build that is tested beside the published one shows that such a configuration does what it is to be kept from.
    [Fact]
    public async Task What_somebody_configures_the_library_to_do_is_not_done_in_the_published_daemon()
    {
        using var folder = new SecureFolder();
        var configuration = folder.Path + "/openssl.cnf";
        await File.WriteAllTextAsync(
            configuration, "openssl_conf = all\n[all]\nalg_section = algorithms\n[algorithms]\ndefault_properties = fips=yes\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\"watch\": false}", TestContext.Current.CancellationToken);
        await using (var daemon = await RunningDaemon.StartInAsync(folder.Path, [("OPENSSL_CONF", configuration)]))
            Assert.Equal(0, await daemon.StopAsync());
        Assert.Equal(AgentProgram.Published ? 0 : 1, await CountAsync(folder, AuditEvents.Unsigned));
        Assert.Equal(AgentProgram.Published ? 1 : 0, await RatchetOracle.CheckpointsAsync(folder.Path));
    }

    [Fact]
    public async Task A_batch_of_any_size_leaves_room_for_its_checkpoints()
    {
        using var folder = new SecureFolder();
        var answered = 0;
        using (var recorder = OpenJournal.RecorderIn(folder, new AgentSettings()))
        {
            recorder.Record([.. Enumerable.Range(0, 3000).Select(i => new EntryRequest
            {
                Uid = 0,
                Event = AuditEvents.JobMissed,
                Members = [new("n", i)],
                Answer = answer => answered += answer.Good ? 1 : 0,
            })]);
        }

        Assert.Equal(3000, answered);
        var checkpoints = await RatchetOracle.CheckpointsAsync(folder.Path);
        Assert.InRange(checkpoints, 2, 4);
        await GoodAsync(folder, checkpoints);
    }

    private static void Add(ChainJournal journal, int entries)
    {
        journal.Begin(entries);
        for (var i = 0; i < entries; i++)
            journal.Add(AuditEvents.AgentStarted, [new("n", i)]);
        journal.Commit();
    }

    private static async Task<int> CountAsync(SecureFolder folder, string name) =>
        (await AgentProgram.EntriesAsync(folder.Path)).Count(entry => entry.GetProperty("event").GetString() == name);

    // To whoever verifies it, the agent and one who knows the formats alone; and one more start can go on with its files.
    private static async Task GoodAsync(SecureFolder folder, int checkpoints)
    {
        for (var start = 0; start < 2; start++)
        {
            var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
            Assert.True(verify.Code == 0, verify.ToString());
            Assert.Equal(checkpoints + start, await RatchetOracle.CheckpointsAsync(folder.Path));
            using var journal = OpenJournal.In(folder);
            Assert.Null(journal.Unsigned);
            journal.Checkpoint();
        }
    }
}
