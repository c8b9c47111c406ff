using CcConsole.Core.Cron;

namespace CcConsole.Core.Tests.Cron;

/// <summary>One look of a daemon at its tables: at a minute of UTC it asks which jobs match a time, and takes some kinds of jobs.</summary>
internal readonly record struct DaemonLook(DateTime At, byte Minute, byte Hour, byte Day, byte Month, byte Weekday, bool Wildcards, bool Fixed);

/// <summary>
/// The daemons' main loops, one minute of UTC at a time, written from their sources: debian 3.0pl1-162 and cronie 1.7 (cron.c:
/// main, find_jobs, set_time), busybox 1.35 (crond.c: crond_main, flag_starting_jobs). What is left out: that debian and cronie
/// wait for ten seconds after each minute that they make up for, if it started a job.
/// </summary>
internal static class DaemonModel
{
    /// <summary>The looks between two moments.</summary>
    /// <param name="dialect">The daemon.</param>
    /// <param name="host">The zone that the daemon runs in.</param>
    /// <param name="from">First minute of UTC.</param>
    /// <param name="to">The minute after the last.</param>
    /// <param name="job">cronie: the zone of the job (CRON_TZ); null for none.</param>
    public static List<DaemonLook> Looks(CronDialect dialect, TimeZoneInfo host, DateTime from, DateTime to, TimeZoneInfo? job = null)
    {
        var looks = new List<DaemonLook>();
        if (dialect == CronDialect.Busybox)
        {
            for (var now = from; now < to; now = now.AddMinutes(1))
            {
                Add(looks, now, Local(now, host), true, true);
            }

            return looks;
        }

        var virtualTime = Local(from.AddMinutes(-1), host);
        var oldOffset = host.GetUtcOffset(from.AddMinutes(-1));
        for (var now = from; now < to; now = now.AddMinutes(1))
        {
            var at = now;
            var clock = Local(now, host);
            var offset = host.GetUtcOffset(now);
            var difference = (int)(clock - virtualTime).TotalMinutes;
            if (difference > 180 || (dialect == CronDialect.Cronie ? difference < -180 : difference <= -180))
            {
                (virtualTime, oldOffset) = (clock, offset);
                FindJobs(clock, true, true, offset);
            }
            else if (difference > 0)
            {
                var medium = difference > 5;
                if (medium)
                {
                    FindJobs(clock, true, false, offset);
                }

                while (virtualTime < clock)
                {
                    virtualTime = virtualTime.AddMinutes(1);
                    oldOffset = virtualTime >= clock ? offset : oldOffset;
                    FindJobs(virtualTime, !medium, true, oldOffset);
                }
            }
            else
            {
                FindJobs(clock, true, false, offset);
            }

            // A job with a zone of its own is asked for the moment that the virtual time stands for, and left out while the offset is another.
            void FindJobs(DateTime time, bool wild, bool nonWild, TimeSpan used)
            {
                if (job is null)
                {
                    Add(looks, at, time, wild, nonWild);
                }
                else if (used == offset)
                {
                    Add(looks, at, Local(DateTime.SpecifyKind(time - used, DateTimeKind.Utc), job), wild, nonWild);
                }
            }
        }

        return looks;
    }

    /// <summary>The minutes of UTC at which a job starts at least once.</summary>
    public static List<DateTime> Runs(RandomSchedule schedule, List<DaemonLook> looks)
    {
        var runs = new List<DateTime>();
        var wild = schedule.IsWildcard;
        var busybox = schedule.Dialect == CronDialect.Busybox;
        foreach (ref readonly var look in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(looks))
        {
            if ((busybox || (wild ? look.Wildcards : look.Fixed))
                && schedule.MatchesTime(look.Hour, look.Minute) && schedule.MatchesDate(look.Month, look.Day, look.Weekday)
                && (runs.Count == 0 || runs[^1] != look.At))
            {
                runs.Add(look.At);
            }
        }

        return runs;
    }

    private static void Add(List<DaemonLook> looks, DateTime at, DateTime time, bool wild, bool nonWild) => looks.Add(new DaemonLook(
        at, (byte)time.Minute, (byte)time.Hour, (byte)time.Day, (byte)time.Month, (byte)time.DayOfWeek, wild, nonWild));

    private static DateTime Local(DateTime utc, TimeZoneInfo zone) => DateTime.SpecifyKind(utc + zone.GetUtcOffset(utc), DateTimeKind.Unspecified);
}
