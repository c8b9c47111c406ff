using System.Globalization;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab.Discovery;

namespace CcConsole.Fleet.Inventory;

/// <summary>Makes rows of what is only shown: scripts of folders, anacron's jobs, systemd's timers.</summary>
internal static class FixedRows
{
    public static IReadOnlyList<FixedRow> Of(string host, KeptFindings found, CronDialect dialect, TimeZoneInfo zone, DateTimeOffset asOf, DateTimeOffset now) =>
    [
        .. found.Scripts.Select(script => Of(host, script, found, dialect, zone, asOf, now)),
        .. found.AnacronJobs.Select(job => Of(host, job, zone, asOf, now)),
        .. found.Timers.Select(timer => Of(host, timer, zone, asOf, now)),
    ];

    private static FixedRow Of(string host, FolderScript script, KeptFindings found, CronDialect dialect, TimeZoneInfo zone, DateTimeOffset asOf, DateTimeOffset now)
    {
        AnacronJob? anacron = script.Runner is { IsAnacron: true } runner ? found.AnacronJobs.FirstOrDefault(job => job.Line == runner.Line) : null;
        Schedule? schedule = script.Runner is { IsAnacron: false } line && Schedule.TryParse(line.Schedule, dialect, out Schedule? parsed, out _) ? parsed : null;
        return new FixedRow
        {
            Host = host,
            Source = FixedSource.Script,
            Place = script.Folder,
            Name = script.Name,
            Schedule = script.Runner?.Schedule ?? "",
            Meaning = anacron is not null ? Meaning(anacron) : schedule is not null ? ScheduleDescription.Describe(schedule) : script.Runner?.Schedule ?? "",
            NextRun = script.Ignored is null && schedule is { IsRandom: false } ? schedule.Next(now, zone) : null,
            Command = script.Path,
            User = script.Runner?.User ?? "root",
            Ignored = script.Ignored,
            RunBy = script.Runner is { } by ? string.Create(CultureInfo.InvariantCulture, $"{(by.Table[0] == '/' ? by.Table : $"the table of {by.Table},")} line {by.Line}") : null,
            AsOf = asOf,
        };
    }

    private static FixedRow Of(string host, AnacronJob job, TimeZoneInfo zone, DateTimeOffset asOf, DateTimeOffset now) => new()
    {
        Host = host,
        Source = FixedSource.Anacron,
        Place = FolderRunner.AnacronTable,
        Name = job.Id,
        Schedule = string.Create(CultureInfo.InvariantCulture, $"{job.Period} {job.Delay.TotalMinutes:0}"),
        Meaning = Meaning(job),
        // The day is known, the minute is not: anacron starts it then, after its delay, when the host is up.
        LastRun = job.LastRun is { } day ? At(day, zone) : null,
        NextRun = job is { Ignored: null, LastRun: { } last, Days: { } days } && days < 100_000 && At(last.AddDays(days), zone) is var due ? due > now ? due : null : null,
        Command = job.Command,
        User = "root",
        Ignored = job.Ignored,
        AsOf = asOf,
    };

    private static FixedRow Of(string host, SystemdTimer timer, TimeZoneInfo zone, DateTimeOffset asOf, DateTimeOffset now) => new()
    {
        Host = host,
        Source = FixedSource.Timer,
        Place = timer.Owner is { } owner ? $"systemd of {owner}" : "systemd",
        Name = timer.Unit,
        Schedule = string.Join(", ", timer.Triggers),
        // systemd's own notation is not cron's: it is shown as it stands.
        Meaning = string.Join(", ", timer.Triggers),
        NextRun = timer.NextRun is { } next && next > now ? TimeZoneInfo.ConvertTime(next, zone) : null,
        LastRun = timer.LastRun is { } last ? TimeZoneInfo.ConvertTime(last, zone) : null,
        Command = timer.Command.Length > 0 ? timer.Command : timer.Activates,
        User = timer.User,
        Ignored = timer.Ignored,
        AsOf = asOf,
    };

    private static string Meaning(AnacronJob job)
    {
        string period = (job.Days, job.Period) switch
        {
            (1, _) => "once a day",
            (7, _) => "once a week",
            ({ } days, _) => string.Create(CultureInfo.InvariantCulture, $"every {days} days"),
            (_, "@monthly") => "once a month",
            (_, "@yearly" or "@annually") => "once a year",
            _ => job.Period,
        };
        string delay = job.RandomDelay > TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"{job.Delay.TotalMinutes:0} to {(job.Delay + job.RandomDelay).TotalMinutes:0} minutes")
            : string.Create(CultureInfo.InvariantCulture, $"{job.Delay.TotalMinutes:0} minutes");
        return $"{period}, {delay} after anacron starts{(job.Hours is { } hours ? $", in the hours {hours}" : "")}";
    }

    private static DateTimeOffset At(DateOnly day, TimeZoneInfo zone)
    {
        DateTime local = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }
}
