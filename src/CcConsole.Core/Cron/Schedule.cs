using System.Text;

namespace CcConsole.Core.Cron;

/// <summary>
/// When an entry runs, as one daemon reads it (crontab(5)): five fields or an @word. Immutable; asking for runs
/// allocates nothing.
/// </summary>
public sealed class Schedule
{
    internal Schedule(string text, CronDialect dialect, in ScheduleFields fields, ScheduleError? fault = null)
    {
        Fault = fault;
        Text = text;
        Dialect = dialect;
        Fields = fields;
        NeverFires = !fields.Reboot && !ScheduleSearch.CanFire(fields);
    }

    /// <summary>The text of the schedule, as written.</summary>
    public string Text { get; }

    /// <summary>The daemon whose rules it was read by.</summary>
    public CronDialect Dialect { get; }

    /// <summary>True for @reboot: it runs when the system starts, never at a time.</summary>
    public bool IsReboot => Fields.Reboot;

    /// <summary>True when a field holds cronie's <c>~</c>: the daemon draws one of the values when it reads the table, so
    /// the runs that this class gives are those that are possible.</summary>
    public bool IsRandom => Fields.Random;

    /// <summary>busybox alone: the first field that the daemon logs as a parse error and uses all the same, with the values
    /// that it had read until then. Null for a schedule that is read as it stands.</summary>
    public ScheduleError? Fault { get; }

    /// <summary>True when no moment matches: February 30, or a range that ends before it starts.</summary>
    public bool NeverFires { get; }

    /// <summary>True for what the daemons call a wildcard job: its minute or its hour starts with a star (and @hourly).
    /// Only these run again when the clock goes back. busybox knows no other kind.</summary>
    public bool IsWildcard => Dialect == CronDialect.Busybox || Fields.MinuteStar || Fields.HourStar;

    /// <summary>True when both day fields must match (one of them starts with a star); otherwise either may. Never
    /// for busybox, where a day field that is full does not count, and otherwise either may match.</summary>
    public bool BothDaysMustMatch => Fields.DayStar || Fields.WeekdayStar;

    internal ScheduleFields Fields { get; }

    /// <summary>The values of a field that match, in order; none for @reboot. busybox: none for a day field that does not
    /// count because the other one decides.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the five fields.</exception>
    public IReadOnlyList<int> Values(ScheduleField field)
    {
        var bits = field switch
        {
            ScheduleField.Minute => Fields.Minutes,
            ScheduleField.Hour => Fields.Hours,
            ScheduleField.DayOfMonth => Fields.Days,
            ScheduleField.Month => Fields.Months,
            ScheduleField.DayOfWeek => Fields.Weekdays,
            _ => throw new ArgumentOutOfRangeException(nameof(field), field, null),
        };
        return [.. Enumerable.Range(0, 60).Where(value => (bits & (1UL << value)) != 0)];
    }

    /// <summary>Parses a schedule that stands alone.</summary>
    /// <exception cref="ProblemException">The daemon would refuse it; the message names the field.</exception>
    public static Schedule Parse(string text, CronDialect dialect) =>
        TryParse(text, dialect, out var schedule, out var error)
            ? schedule!
            : throw new ProblemException($"\"{text}\" is not a schedule: {error.Message}", "Five fields: minute hour day-of-month month day-of-week");

    /// <summary>Parses a schedule that stands alone; blanks around it are allowed, anything else is an error.</summary>
    public static bool TryParse(string text, CronDialect dialect, out Schedule? schedule, out ScheduleError error)
    {
        schedule = null;
        var line = Encoding.UTF8.GetBytes(text);
        var start = line.AsSpan().IndexOfAnyExcept((byte)' ', (byte)'\t');
        var parser = new ScheduleParser(line, dialect);
        if (line.AsSpan().IndexOfAny((byte)0, (byte)'\n', (byte)'\r') is >= 0 and var at)
        {
            error = new(ScheduleField.Command, "a schedule is one line", at);
            return false;
        }

        if (!parser.TryParse(Math.Max(start, 0), out var fields))
        {
            error = parser.Error;
            return false;
        }

        if (parser.Next < line.Length)
        {
            error = new(ScheduleField.Command, "text after the fifth field", parser.Next);
            return false;
        }

        error = default;
        schedule = new Schedule(Encoding.UTF8.GetString(line.AsSpan(start, parser.End - start)), dialect, fields, parser.Fault);
        return true;
    }

    /// <summary>
    /// The first run after a moment, in the zone of the daemon; null when there is none (never, or only at reboot).
    /// Runs are whole minutes, from 1970 to the year 9000. Around a change of the clock the daemons' own rules hold: forward
    /// by 6 to 180 minutes, fixed-time jobs of the gap run at once at its end (several of them one after another, ten
    /// seconds apart); back by less than 3 hours, only wildcard jobs run again. busybox has neither rule: a job of the gap is
    /// left out, a job of the hour that comes twice runs twice.
    /// </summary>
    /// <remarks>cronie notices a change of the zone's offset by the daylight saving flag alone; one without it (a country that
    /// changes its standard time) it learns when it is restarted, and that is taken to happen at once.</remarks>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone) =>
        NeverFires || IsReboot ? null : ScheduleSearch.Next(Fields, new RunClock(Fields, Dialect, zone), after);

    /// <summary>The last run before a moment; null when there is none since the year 1970. See <see cref="Next"/>.</summary>
    public DateTimeOffset? Previous(DateTimeOffset before, TimeZoneInfo zone) =>
        NeverFires || IsReboot ? null : ScheduleSearch.Previous(Fields, new RunClock(Fields, Dialect, zone), before);

    /// <summary>The runs after a moment, in order, without end unless the schedule never fires.</summary>
    public IEnumerable<DateTimeOffset> Occurrences(DateTimeOffset after, TimeZoneInfo zone)
    {
        for (var run = Next(after, zone); run is { } at; run = Next(at, zone))
        {
            yield return at;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
