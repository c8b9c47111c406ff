using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Fleet.Hosts;

namespace CcConsole.Verbs.Crontab;

/// <summary><c>crontab next</c>: when a schedule fires, or each of a file of schedules; exit 1 when one never does.</summary>
internal static class NextVerb
{
    private const int MostRuns = 10_000;
    private const int MostNotes = 4;

    private static readonly Argument<string?> One = new("SCHEDULE") { Description = CrontabOptions.ScheduleText, Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> File = new("--file") { Description = "Schedules from a file (- for standard input), one a line; each run is printed beside its schedule", HelpName = "FILE" };
    private static readonly Option<string?> From = new("--from") { Description = "After this time (RFC 3339; now when not given)", HelpName = "T" };
    private static readonly Option<int?> Count = new("--count") { Description = "How many runs (5 when not given; 1 of each with --file)", HelpName = "N" };
    private static readonly Option<string?> Zone = new("--zone") { Description = "The host's time zone, such as Europe/Berlin (this machine's when not given)", HelpName = "Z" };

    public static Command Create() => Verb.Create(
        "next", "Print when a schedule fires next, and what becomes of its runs where the clock changes; exit 1 when it never fires",
        "cc-console crontab next '30 2 * * sun' --zone Europe/Berlin --count 3",
        RunAsync, One, File, From, Count, Zone, CrontabOptions.Dialect);

    private sealed record Question(CronDialect Dialect, TimeZoneInfo Zone, DateTimeOffset From, int Count);

    private static Task<int> RunAsync(VerbContext context)
    {
        (string? one, string? file) = (context.Get(One), context.Get(File));
        if (one is null == file is null) throw new ProblemException(one is null ? "There is no schedule" : "There is a schedule and a file of schedules", "give one of SCHEDULE and --file FILE");
        int count = context.Get(Count) ?? (file is null ? 5 : 1);
        if (count is < 1 or > MostRuns) throw new ProblemException($"--count {count} is not from 1 to {MostRuns}", "give another number");
        TimeZoneInfo zone = FindZone(context.Get(Zone));
        var question = new Question(
            context.Get(CrontabOptions.Dialect), zone, context.Get(From) is { } text ? ParseTime(text, zone) : TimeProvider.System.GetUtcNow(), count);
        return Task.FromResult(file is null ? Answer(context, question, one!) : AnswerAll(context, question, file));
    }

    private static int Answer(VerbContext context, Question question, string text)
    {
        Schedule schedule = Schedule.Parse(text, question.Dialect);
        var runs = new List<DateTimeOffset>(schedule.Occurrences(question.From, question.Zone).Take(question.Count));
        List<string> notes = Notes(schedule);
        List<ClockNote> changes = runs.Count == 0 ? [] : [.. EntryTiming.OfHost(question.Zone).ClockNotes(schedule, question.From, runs[^1])];
        if (context.Json)
        {
            context.Document(json => Write(json, question, schedule, runs, notes, changes));
            return Code(schedule, runs);
        }

        if (runs.Count == 0) context.WriteData(Without(schedule));
        foreach (DateTimeOffset run in runs) context.WriteData(run.ToString("yyyy-MM-dd HH:mm zzz ddd", CultureInfo.InvariantCulture));
        foreach (string note in notes) context.Error.WriteLine($"note: {Plain.Text(note)}");
        foreach (ClockNote change in changes.Take(MostNotes)) context.Error.WriteLine($"note: {change}");
        if (changes.Count > MostNotes) context.Error.WriteLine($"note: and at {changes.Count - MostNotes} later changes of the clock; --json names them all");
        return Code(schedule, runs);
    }

    /// <summary>One line a run, the schedule after it; a line that is no schedule is said and passed over.</summary>
    private static int AnswerAll(VerbContext context, Question question, string file)
    {
        int code = Verb.Good;
        int number = 0;
        try
        {
            using StreamReader lines = file == "-" ? new StreamReader(Console.OpenStandardInput(), Encoding.UTF8) : new StreamReader(file, Encoding.UTF8);
            while (lines.ReadLine() is { } text)
            {
                context.Stop.ThrowIfCancellationRequested();
                number++;
                if (text.AsSpan().Trim(" \t") is "" or ['#', ..]) continue;
                if (!Schedule.TryParse(text, question.Dialect, out Schedule? schedule, out ScheduleError error))
                {
                    code = Verb.Findings;
                    if (context.Json) context.Line(json => WriteRefused(json, number, text, error));
                    else context.Error.WriteLine($"cc-console: line {number}: {Plain.Text(error.Message)}");
                    continue;
                }

                List<DateTimeOffset> runs = [.. schedule!.Occurrences(question.From, question.Zone).Take(question.Count)];
                code = Math.Max(code, Code(schedule, runs));
                if (context.Json)
                {
                    context.Line(json => Write(json, question, schedule, runs, Notes(schedule), []));
                    continue;
                }

                if (runs.Count == 0) context.WriteData($"{Without(schedule)}\t{schedule.Text}");
                foreach (DateTimeOffset run in runs) context.WriteData(string.Create(CultureInfo.InvariantCulture, $"{run:yyyy-MM-dd HH:mm zzz}\t{schedule.Text}"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{(file == "-" ? "Standard input" : file)} cannot be read: {e.Message}", "check the path and its permissions");
        }

        return code;
    }

    internal static List<string> Notes(Schedule schedule)
    {
        List<string> notes = [.. CrontabLinter.LintSchedule(schedule).Select(finding => finding.Sentence)];
        if (schedule.IsRandom) notes.Add("The daemon draws the ~ values when it reads the table; the runs shown are possible ones");
        return notes;
    }

    private static int Code(Schedule schedule, List<DateTimeOffset> runs) => runs.Count > 0 || schedule.IsReboot ? Verb.Good : Verb.Findings;

    private static string Without(Schedule schedule) => schedule.IsReboot ? "when the cron daemon starts" : "never";

    private static void Write(Utf8JsonWriter json, Question question, Schedule schedule, List<DateTimeOffset> runs, IReadOnlyList<string> notes, List<ClockNote> changes)
    {
        json.WriteString("schedule", schedule.Text);
        json.WriteString("dialect", question.Dialect.Name());
        json.WriteString("zone", question.Zone.Id);
        json.WriteString("from", question.From);
        json.WriteBoolean("never", schedule.NeverFires);
        json.WriteBoolean("reboot", schedule.IsReboot);
        json.WriteBoolean("random", schedule.IsRandom);
        json.WriteStartArray("runs");
        foreach (DateTimeOffset run in runs) json.WriteStringValue(run);
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (string note in notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteStartArray("clock_changes");
        foreach (ClockNote change in changes)
        {
            json.WriteStartObject();
            json.WriteString("at", change.At);
            json.WriteString("kind", change.Kind switch
            {
                ClockNoteKind.MadeUp => "made_up",
                ClockNoteKind.LeftOut => "left_out",
                ClockNoteKind.Twice => "twice",
                ClockNoteKind.Once => "once",
                _ => "left_out_by_host",
            });
            json.WriteNumber("count", change.Count);
            json.WriteString("text", change.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteRefused(Utf8JsonWriter json, int number, string text, ScheduleError error)
    {
        json.WriteString("schedule", text);
        json.WriteNumber("line", number);
        json.WriteString("error", error.Message);
    }

    /// <summary>A time without an offset is the zone's wall clock.</summary>
    private static DateTimeOffset ParseTime(string text, TimeZoneInfo zone)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            throw new ProblemException($"--from \"{text}\" is not a time", "give one such as 2026-03-29T01:30:00+01:00, or 2026-03-29T01:30 for the zone's clock");
        bool hasOffset = DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind).Kind != DateTimeKind.Unspecified;
        return hasOffset ? time : new DateTimeOffset(time.DateTime, zone.GetUtcOffset(time.DateTime));
    }

    private static TimeZoneInfo FindZone(string? name) => name is null ? TimeZoneInfo.Local : ZoneDatabase.Find(name)
        ?? throw new ProblemException($"No time zone \"{name}\" on this machine", "give a name of the tz database, such as Europe/Berlin or UTC; it needs the tzdata package");
}
