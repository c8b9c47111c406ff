using System.Globalization;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;

namespace CcConsole.Fleet.Jobs;

public sealed partial class JobEditor
{
    /// <summary>So many of the next runs are compared with the other jobs'.</summary>
    private const int RunsCompared = 3;

    /// <summary>A preview is made at every key: in a longer table, no collisions are looked for.</summary>
    private const int JobsCompared = 1_000;

    /// <summary>A change of the clock that concerns more times than these is one among many for the job.</summary>
    private const int FewTimes = 3;

    private static readonly TimeSpan ClockAhead = TimeSpan.FromDays(366);

    /// <summary>What the linter does not know: the clock, and the other jobs.</summary>
    private List<string> Warnings(Schedule schedule, EntryTiming timing, Job? job)
    {
        DateTimeOffset now = _time.GetUtcNow();
        List<string> warnings = [.. timing.Notes];
        warnings.AddRange(timing.ClockNotes(schedule, now, now + ClockAhead).Where(note => note.Count <= FewTimes).Select(note => note.ToString()));
        if (Collision(schedule, timing, now, job) is { } collision)
        {
            warnings.Add(collision);
        }

        return warnings;
    }

    /// <summary>The first of the next runs at which other jobs of the table start too. Jobs that run every few minutes meet every other, which says nothing.</summary>
    private string? Collision(Schedule schedule, EntryTiming timing, DateTimeOffset now, Job? edited)
    {
        if (schedule.IsRandom || IsFrequent(schedule, timing, now) || Jobs.Jobs.Count > JobsCompared)
        {
            return null;
        }

        List<Job> others = [.. Jobs.Jobs.Where(other => other.State == JobState.Active && other.LineNumber != edited?.LineNumber
            && !other.Schedule!.IsRandom && !IsFrequent(other.Schedule, timing, now))];
        foreach (DateTimeOffset run in timing.Occurrences(schedule, now).Take(RunsCompared))
        {
            List<Job> same = [.. others.Where(other => timing.Next(other.Schedule!, run - TimeSpan.FromMinutes(1)) == run)];
            if (same.Count > 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"At {run:yyyy-MM-dd HH:mm} {(same.Count == 1 ? "another job starts" : $"{same.Count} other jobs start")} too: {Some(same.Select(other => other.Name ?? other.Id))}");
            }
        }

        return null;
    }

    private static bool IsFrequent(Schedule schedule, EntryTiming timing, DateTimeOffset now) =>
        timing.Next(schedule, now) is { } first && timing.Next(schedule, first) is { } second && second - first < TimeSpan.FromMinutes(30);
}
