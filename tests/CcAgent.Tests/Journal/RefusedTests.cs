using CcAgent.Daemon;
using CcAgent.Journal;
using CcAgent.Places;
using CcAgent.Runs;
using CcAgent.Tests.Harness;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using Xunit;

namespace CcAgent.Tests.Journal;

/// <summary>What becomes of refusals, and of what is refused, where the log cannot take it.</summary>
public class RefusedTests
{
    // Given up, it would have the log mended before the test looks.
    private static readonly AgentSettings NoBallast = new() { Audit = new AuditSettings(BallastMegabytes: 0) };

    [Fact]
    public async Task What_stays_in_the_spool_until_it_is_recorded_is_neither_missing_nor_counted_at_each_try()
    {
        using var folder = new SecureFolder();
        var places = AgentPlaces.For(folder.Path);
        using (var recorder = OpenJournal.RecorderIn(folder, NoBallast))
        {
            new SpoolDrain(places).Dispose();
            await File.WriteAllTextAsync(folder.Spool + "/1.json", "rubbish", TestContext.Current.CancellationToken);
            using var drain = new SpoolDrain(places);
            // More often than one sender has refusals with an entry of their own.
            for (var i = 0; i < 25; i++)
            {
                recorder.Record([]);
                OpenJournal.FailOnce(recorder);
                drain.Step(recorder);
                Assert.NotNull(recorder.Problem);
                Assert.False(recorder.HasGap);
                Assert.Empty(recorder.Suppression.Pending());
                drain.LookAround();
            }

            drain.Step(recorder);
            Assert.False(File.Exists(folder.Spool + "/1.json"));
        }

        Assert.Equal([AuditEvents.ReportRejected], await EventsAsync(folder, AuditEvents.ReportRejected, AuditEvents.Gap, AuditEvents.Suppressed));
    }

    [Fact]
    public async Task What_is_counted_while_the_disk_fails_is_told_as_missing_and_not_as_suppressed()
    {
        using var folder = new SecureFolder();
        using (var recorder = OpenJournal.RecorderIn(folder, NoBallast))
        {
            recorder.Record([.. Enumerable.Range(0, 40).Select(_ => Rubbish())]);
            OpenJournal.FailOnce(recorder);
            // With an entry among them, else nothing is written.
            recorder.Record([.. Enumerable.Range(0, 40).Select(_ => Rubbish()), Good(_ => { })]);
            Assert.NotNull(recorder.Problem);
            new SuppressedNotes(0, recorder).Write();
        }

        var entries = await AgentProgram.EntriesAsync(folder.Path);
        int Count(string name) => entries.Single(entry => entry.GetProperty("event").GetString() == name).GetProperty("count").GetInt32();
        Assert.Equal(40, Count(AuditEvents.Gap));
        // One more of them has an entry of its own for each minute that this takes.
        Assert.InRange(Count(AuditEvents.Suppressed), 10, 20);
    }

    [Fact]
    public async Task A_bad_mark_that_stays_until_it_is_recorded_is_not_missing()
    {
        using var folder = new SecureFolder();
        var places = AgentPlaces.For(folder.Path);
        using var recorder = OpenJournal.RecorderIn(folder, NoBallast);
        new SpoolDrain(places).Dispose();
        await File.WriteAllTextAsync(folder.Spool + "/1.run", "rubbish", TestContext.Current.CancellationToken);
        using var watch = new RunWatch(places, recorder, TimeProvider.System, new BegunRuns());
        OpenJournal.FailOnce(recorder);
        await Eventually.TrueAsync(
            () =>
            {
                watch.Ready();
                return recorder.Problem is not null;
            },
            "the mark is refused", 60);
        Assert.False(recorder.HasGap);
        Assert.True(File.Exists(folder.Spool + "/1.run"));
    }

    [Fact]
    public async Task An_entry_that_fits_in_no_line_is_refused_alone_and_is_no_failure_of_the_disk()
    {
        using var folder = new SecureFolder();
        var answers = new List<RecordAnswer>();
        using (var recorder = OpenJournal.RecorderIn(folder, new AgentSettings()))
        {
            // Each of these costs six bytes in the line.
            string Long(int length) => new('\u0001', length);
            var large = new AppendRequest
            {
                Uid = 0,
                Entry = new AuditAppendParams(AuditEvents.CrontabEdited, Long(256), Long(256))
                {
                    Host = Long(256),
                    Chain = Long(256),
                    Hash = Long(256),
                    Table = Long(256),
                    Before = Long(256),
                    After = Long(256),
                    Diff = Long(8192),
                    Edit = Long(256),
                    Settled = Long(512),
                    Method = Long(256),
                    Policy = Long(256),
                    Reason = Long(512),
                },
                Answer = answers.Add,
            };
            recorder.Record([Good(answers.Add), large, Good(answers.Add)]);
            Assert.Null(recorder.Problem);
            Assert.False(recorder.HasGap);
            Assert.True(recorder.Ballast.Held);
        }

        Assert.Equal([(true, true), (false, false), (true, true)], answers.Select(answer => (answer.Good, answer.Recorded)));
        Assert.Contains("does not fit", answers[1].Message, StringComparison.Ordinal);
        Assert.Equal([AuditEvents.JobMissed, AuditEvents.JobMissed], await EventsAsync(folder, AuditEvents.JobMissed, AuditEvents.CrontabEdited, AuditEvents.Gap));
    }

    private static RejectedRequest Rubbish() => new() { Uid = 1, Reason = "rubbish", Bytes = default, Answer = _ => { } };

    private static EntryRequest Good(Action<RecordAnswer> answer) => new() { Uid = 0, Event = AuditEvents.JobMissed, Members = [], Answer = answer };

    private static async Task<IEnumerable<string?>> EventsAsync(SecureFolder folder, params string[] names) =>
        (await AgentProgram.EntriesAsync(folder.Path)).Select(entry => entry.GetProperty("event").GetString()).Where(name => names.Contains(name));
}
