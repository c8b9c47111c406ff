using System.CommandLine;
using System.Globalization;
using CcConsole.Core;
using CcConsole.Core.Cron;

namespace CcConsole.Verbs.Crontab;

/// <summary><c>crontab next</c>: when a schedule fires; exit 1 when it never does.</summary>
internal static class NextVerb
{
    private const int MostRuns = 10_000;

    private static readonly Option<string?> From = new("--from") { Description = "After this time (RFC 3339; now when not given)", HelpName = "T" };
    private static readonly Option<int> Count = new("--count") { Description = "How many runs", HelpName = "N", DefaultValueFactory = _ => 5 };
    private static readonly Option<string?> Zone = new("--zone") { Description = "The host's time zone, such as Europe/Berlin (this machine's when not given)", HelpName = "Z" };

    public static Command Create() => Verb.Create(
        "next", "Print when a schedule fires next; exit 1 when it never does",
        "cc-console crontab next '30 2 * * sun' --zone Europe/Berlin --count 3",
        RunAsync, CrontabOptions.Schedule, From, Count, Zone, CrontabOptions.Dialect);

    private static Task<int> RunAsync(VerbContext context)
    {
        int count = context.Get(Count);
        if (count is < 1 or > MostRuns) throw new ProblemException($"--count {count} is not from 1 to {MostRuns}", "give another number");
        TimeZoneInfo zone = FindZone(context.Get(Zone));
        DateTimeOffset from = context.Get(From) is { } text ? ParseTime(text, zone) : TimeProvider.System.GetUtcNow();
        Schedule schedule = Schedule.Parse(context.Get(CrontabOptions.Schedule), context.Get(CrontabOptions.Dialect));
        List<DateTimeOffset> runs = [.. schedule.Occurrences(from, zone).Take(count)];

        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("schedule", schedule.Text);
                json.WriteString("zone", zone.Id);
                json.WriteString("from", from);
                json.WriteBoolean("never", schedule.NeverFires);
                json.WriteBoolean("reboot", schedule.IsReboot);
                json.WriteStartArray("runs");
                foreach (DateTimeOffset run in runs) json.WriteStringValue(run);
                json.WriteEndArray();
            });
        }
        else if (schedule.IsReboot)
        {
            context.WriteData("when the cron daemon starts");
        }
        else if (runs.Count == 0)
        {
            context.WriteData("never");
        }
        else
        {
            foreach (DateTimeOffset run in runs)
                context.WriteData(run.ToString("yyyy-MM-dd HH:mm zzz ddd", CultureInfo.InvariantCulture));
        }
        return Task.FromResult(runs.Count > 0 || schedule.IsReboot ? Verb.Good : Verb.Findings);
    }

    /// <summary>A time without an offset is the zone's wall clock.</summary>
    private static DateTimeOffset ParseTime(string text, TimeZoneInfo zone)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            throw new ProblemException($"--from \"{text}\" is not a time", "give one such as 2026-03-29T01:30:00+01:00, or 2026-03-29T01:30 for the zone's clock");
        bool hasOffset = DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind).Kind != DateTimeKind.Unspecified;
        return hasOffset ? time : new DateTimeOffset(time.DateTime, zone.GetUtcOffset(time.DateTime));
    }

    private static TimeZoneInfo FindZone(string? name)
    {
        if (name is null) return TimeZoneInfo.Local;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone)
            ? zone
            : throw new ProblemException($"No time zone \"{name}\" on this machine", "give a name of the tz database, such as Europe/Berlin or UTC; it needs the tzdata package");
    }
}
