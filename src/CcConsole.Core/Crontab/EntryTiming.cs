using System.Buffers;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>
/// By which clock an entry runs, and how late it may: for cronie the variables CRON_TZ and RANDOM_DELAY above it decide
/// (crontab(5)), for the other daemons, to which these are variables like any other, the host's zone alone.
/// </summary>
public sealed class EntryTiming
{
    /// <summary>The most minutes that cronie takes for RANDOM_DELAY; it ignores a larger number.</summary>
    public const int MostDelay = 24 * 60;

    private static readonly SearchValues<char> ZoneCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

    private readonly bool _hasOwnZone;

    private EntryTiming(TimeZoneInfo hostZone, TimeZoneInfo? zone, bool hasOwnZone, int maxDelay, IReadOnlyList<string> notes) =>
        (HostZone, Zone, _hasOwnZone, MaxDelay, Notes) = (hostZone, zone, hasOwnZone, maxDelay, notes);

    /// <summary>The daemon's zone.</summary>
    public TimeZoneInfo HostZone { get; }

    /// <summary>The zone of the clock that the schedule is compared with; null when it is not known, so that no run can be told.</summary>
    public TimeZoneInfo? Zone { get; }

    /// <summary>By so many minutes a run may be later than the schedule says: the daemon draws the number when it starts.</summary>
    public int MaxDelay { get; }

    /// <summary>What a person should know of it, in words, one sentence each without a full stop; empty for the host's clock
    /// without a delay.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The timing of an entry that no variable changes.</summary>
    public static EntryTiming OfHost(TimeZoneInfo hostZone) => new(hostZone, hostZone, false, 0, []);

    /// <summary>The timing of an entry of a table.</summary>
    /// <param name="document">The table.</param>
    /// <param name="entry">One of its entries; null for one that is added at its end.</param>
    /// <param name="hostZone">The host's zone.</param>
    /// <param name="findZone">Finds a zone of the TZ database by its name; null for one that is not there.</param>
    public static EntryTiming Of(CrontabDocument document, EntryLine? entry, TimeZoneInfo hostZone, Func<string, TimeZoneInfo?> findZone)
    {
        if (document.Dialect != CronDialect.Cronie)
        {
            return OfHost(hostZone);
        }

        var zoneName = document.VariableAt(entry, "CRON_TZ");
        var delayText = document.VariableAt(entry, "RANDOM_DELAY");
        if (zoneName is null && delayText is null)
        {
            return OfHost(hostZone);
        }

        var notes = new List<string>();
        var zone = zoneName is null ? hostZone : FindZone(zoneName, hostZone, findZone, notes);
        return new EntryTiming(hostZone, zone, zoneName is not null, delayText is null ? 0 : Delay(delayText, notes), notes);
    }

    /// <summary>The first run after a moment, in <see cref="Zone"/>, without the delay; null when there is none, or the zone is not known.</summary>
    public DateTimeOffset? Next(Schedule schedule, DateTimeOffset after) =>
        Zone is null || schedule.NeverFires || schedule.IsReboot ? null : ScheduleSearch.Next(schedule.Fields, Clock(schedule, Zone), after);

    /// <summary>The last run before a moment; see <see cref="Next"/>.</summary>
    public DateTimeOffset? Previous(Schedule schedule, DateTimeOffset before) =>
        Zone is null || schedule.NeverFires || schedule.IsReboot ? null : ScheduleSearch.Previous(schedule.Fields, Clock(schedule, Zone), before);

    /// <summary>The runs after a moment, in order, without end unless the schedule never fires; see <see cref="Next"/>.</summary>
    public IEnumerable<DateTimeOffset> Occurrences(Schedule schedule, DateTimeOffset after)
    {
        for (var run = Next(schedule, after); run is { } at; run = Next(schedule, at))
        {
            yield return at;
        }
    }

    /// <summary>What becomes of a schedule's runs where the clock changes, between two moments.</summary>
    public IEnumerable<ClockNote> ClockNotes(Schedule schedule, DateTimeOffset from, DateTimeOffset to) =>
        Zone is null || schedule.NeverFires || schedule.IsReboot ? [] : ClockNote.Between(schedule, Clock(schedule, Zone), from, to);

    private RunClock Clock(Schedule schedule, TimeZoneInfo zone) =>
        new(schedule.Fields, schedule.Dialect, zone, _hasOwnZone ? HostZone : null);

    private static TimeZoneInfo? FindZone(string name, TimeZoneInfo hostZone, Func<string, TimeZoneInfo?> findZone, List<string> notes)
    {
        if (name.Length == 0)
        {
            notes.Add("CRON_TZ is empty: it runs by the host's clock, and is left out, not made up for, in an hour that the clock skips");
            return hostZone;
        }

        // glibc allows a colon before the name; a name is a path within the database, never one out of it.
        var path = name.StartsWith(':') ? name[1..] : name;
        var zone = path.AsSpan().ContainsAnyExcept(ZoneCharacters) || path.StartsWith('/') ? null : findZone(path);
        notes.Add(zone is null
            ? $"CRON_TZ={name} is no zone of the TZ database, so its runs cannot be told; the daemon takes such a name for UTC, or reads it as a rule of POSIX"
            : $"It runs by the clock of {path} (CRON_TZ)");
        return zone;
    }

    /// <summary>strtol, as the daemon reads it: what follows the number is dropped, and no number is 0.</summary>
    private static int Delay(string text, List<string> notes)
    {
        var digits = text.AsSpan().TrimStart(" \t\n\v\f\r");
        var negative = digits.StartsWith("-");
        digits = negative || digits.StartsWith("+") ? digits[1..] : digits;
        var length = digits.IndexOfAnyExceptInRange('0', '9');
        digits = length < 0 ? digits : digits[..length];
        var value = 0;
        foreach (var digit in digits)
        {
            value = Math.Min((value * 10) + (digit - '0'), MostDelay + 1);
        }

        if (value > MostDelay || (negative && value > 0))
        {
            notes.Add($"RANDOM_DELAY={text} is not from 0 to {MostDelay}, so the daemon ignores it");
            return 0;
        }

        if (value > 0)
        {
            notes.Add($"RANDOM_DELAY: each run is up to {value} minutes later, by as much as the daemon drew when it started");
        }

        return value;
    }
}
