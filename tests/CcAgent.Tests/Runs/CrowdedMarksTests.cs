using CcAgent.Exec;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Runs;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Runs;

/// <summary>However many marks lie in root's spool, a turn looks at a few of them and it comes to all.</summary>
public class CrowdedMarksTests
{
    [Fact]
    public void A_turn_looks_at_a_few_marks_and_none_is_read_a_second_time_until_it_is_another()
    {
        using var folder = new SecureFolder();
        Directory.CreateDirectory(folder.Spool);
        var held = Enumerable.Range(0, 300).Select(number => HeldFile.Hold(Put(folder, $"held{number}"))).ToList();
        using var round = new MarkRound([folder.Spool], TimeProvider.System);
        Assert.True(All(round).Sum(static file => file.Read) > 300 * 100);
        Assert.Equal(300, round.Running.Count);
        Assert.Equal(0, All(round).Sum(static file => file.Read));
        Assert.Equal(300, round.Running.Count);

        var changed = Directory.GetFiles(folder.Spool)[7];
        File.Delete(changed);
        File.WriteAllBytes(changed + ".new", Mark("another").ToJson());
        File.Move(changed + ".new", changed);
        held.Add(HeldFile.Hold(changed));
        Assert.Equal(changed, Assert.Single(All(round), static file => file.Read > 0).Path);
        Assert.Contains(round.Running, static run => run.RunId == "another");
        held.ForEach(HeldFile.LetGo);
        Assert.All(All(round), static file => Assert.Equal(MarkState.Left, file.State));
        Assert.Empty(round.Running);
    }

    [Fact]
    public async Task A_crowd_of_one_user_keeps_no_others_lost_run_from_being_recorded_at_the_start()
    {
        using var folder = new SecureFolder();
        using var user = new TestUser();
        var places = AgentPlaces.For(folder.Path);
        Directory.CreateDirectory(places.Spool);
        // More than may be due at once.
        await AgentProgram.ShellAsync($"cd {folder.Spool} && seq 5000 | sed 's/$/.run/' | xargs touch && chown -R {user.Name} .");
        Put(folder, "lost");
        using (var recorder = OpenJournal.RecorderIn(folder, new AgentSettings()))
        using (var watch = new RunWatch(places, recorder, TimeProvider.System, new BegunRuns()))
        {
            watch.Ready();
            Assert.InRange(StartedRun.Marks(folder).Count, 5001 - 64, 5001);
            for (var turns = 0; watch.TimeoutMs == 0; turns++)
            {
                Assert.InRange(turns, 0, 5001);
                watch.Ready();
            }
        }

        Assert.Empty(StartedRun.Marks(folder));
        Assert.Single(await AgentProgram.EntriesAsync(folder.Path), static entry => entry.GetProperty("event").GetString() == "job.lost");
    }

    [Fact]
    public async Task What_goes_on_at_the_start_among_many_gets_its_entry_once()
    {
        using var folder = new SecureFolder();
        var places = AgentPlaces.For(folder.Path);
        Directory.CreateDirectory(places.Spool);
        var held = Enumerable.Range(0, 150).Select(number => HeldFile.Hold(Put(folder, $"held{number}"))).ToList();
        for (var starts = 0; starts < 2; starts++)
        {
            using var recorder = OpenJournal.RecorderIn(folder, new AgentSettings());
            using var watch = new RunWatch(places, recorder, TimeProvider.System, new BegunRuns());
            await Eventually.TrueAsync(
                () =>
                {
                    watch.Ready();
                    return watch.TimeoutMs > 2000;
                },
                "all have been looked at",
                60);
        }

        var begun = (await AgentProgram.EntriesAsync(folder.Path)).FindAll(static entry => entry.GetProperty("event").GetString() == "job.started");
        Assert.Equal(150, begun.Count);
        Assert.Equal(150, begun.Select(static entry => entry.GetProperty("run_id").GetString()).Distinct().Count());
        held.ForEach(HeldFile.LetGo);
    }

    private static List<MarkFile> All(MarkRound round)
    {
        var all = new List<MarkFile>();
        round.Begin([]);
        for (var steps = 0; round.GoesOn; steps++)
        {
            var some = round.Step();
            Assert.InRange(some.Count, 0, 64);
            Assert.InRange(steps, 0, 300);
            all.AddRange(some);
        }

        return all;
    }

    private static RunMark Mark(string run) => new(
        "job-" + run, "/bin/sleep 60", run, DateTimeOffset.UtcNow.AddSeconds(-1), Libc.geteuid(), 2_000_000_000, 1, true, 2_000_000_001, 1, HeldMark.CurrentBoot);

    private static string Put(SecureFolder folder, string run)
    {
        var path = $"{folder.Spool}/{SpoolWriter.Name(DateTimeOffset.UtcNow, run)}.run";
        File.WriteAllBytes(path, Mark(run).ToJson());
        return path;
    }
}
