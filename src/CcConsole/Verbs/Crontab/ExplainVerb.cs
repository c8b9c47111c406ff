using System.CommandLine;
using CcConsole.Core.Cron;

namespace CcConsole.Verbs.Crontab;

/// <summary><c>crontab explain</c>: a schedule in plain English, or as it stands where words could be wrong.</summary>
internal static class ExplainVerb
{
    private static readonly Argument<string> Schedule = new("SCHEDULE") { Description = CrontabOptions.ScheduleText };

    private static readonly (string Name, ScheduleField Field)[] Fields =
    [
        ("minutes", ScheduleField.Minute), ("hours", ScheduleField.Hour), ("days", ScheduleField.DayOfMonth),
        ("months", ScheduleField.Month), ("weekdays", ScheduleField.DayOfWeek),
    ];

    public static Command Create() => Verb.Create(
        "explain", "Say in plain English when a schedule fires; the schedule itself where words could be wrong. Exit 1 when it never fires",
        "cc-console crontab explain '*/5 9-17 * * mon-fri'",
        RunAsync, Schedule, CrontabOptions.Dialect);

    private static Task<int> RunAsync(VerbContext context)
    {
        Schedule schedule = Core.Cron.Schedule.Parse(context.Get(Schedule), context.Get(CrontabOptions.Dialect));
        string meaning = ScheduleDescription.Describe(schedule);
        List<string> notes = NextVerb.Notes(schedule);
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("schedule", schedule.Text);
                json.WriteString("dialect", schedule.Dialect.Name());
                json.WriteString("meaning", meaning);
                json.WriteBoolean("never", schedule.NeverFires);
                json.WriteBoolean("reboot", schedule.IsReboot);
                json.WriteBoolean("random", schedule.IsRandom);
                json.WriteBoolean("wildcard", schedule.IsWildcard);
                json.WriteBoolean("both_days", schedule.BothDaysMustMatch);
                foreach ((string name, ScheduleField field) in Fields)
                {
                    json.WriteStartArray(name);
                    foreach (int value in schedule.Values(field)) json.WriteNumberValue(value);
                    json.WriteEndArray();
                }
                json.WriteStartArray("notes");
                foreach (string note in notes) json.WriteStringValue(note);
                json.WriteEndArray();
            });
        }
        else
        {
            context.WriteData(meaning);
            foreach (string note in notes) context.Error.WriteLine($"note: {Plain.Text(note)}");
        }
        return Task.FromResult(schedule.NeverFires ? Verb.Findings : Verb.Good);
    }
}
