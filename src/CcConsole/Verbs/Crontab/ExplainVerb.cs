using System.CommandLine;
using CcConsole.Core.Cron;

namespace CcConsole.Verbs.Crontab;

/// <summary><c>crontab explain</c>: a schedule in plain English, or as it stands where words could be wrong.</summary>
internal static class ExplainVerb
{
    public static Command Create() => Verb.Create(
        "explain", "Say in plain English when a schedule fires; the schedule itself where words could be wrong",
        "cc-console crontab explain '*/5 9-17 * * mon-fri'",
        RunAsync, CrontabOptions.Schedule, CrontabOptions.Dialect);

    private static Task<int> RunAsync(VerbContext context)
    {
        Schedule schedule = Schedule.Parse(context.Get(CrontabOptions.Schedule), context.Get(CrontabOptions.Dialect));
        string meaning = ScheduleDescription.Describe(schedule) ?? schedule.Text;
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("schedule", schedule.Text);
                json.WriteString("meaning", meaning);
                json.WriteBoolean("never", schedule.NeverFires);
            });
        }
        else
        {
            context.WriteData(meaning);
        }
        return Task.FromResult(schedule.NeverFires ? Verb.Findings : Verb.Good);
    }
}
