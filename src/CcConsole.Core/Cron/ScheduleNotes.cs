namespace CcConsole.Core.Cron;

/// <summary>What a person should know of a schedule that the daemon accepts, but that may not be what was meant.</summary>
public static class ScheduleNotes
{
    /// <summary>One sentence each, without a full stop; empty for most schedules.</summary>
    public static IReadOnlyList<string> Of(Schedule schedule)
    {
        var notes = new List<string>();
        if (schedule.Fault is { } fault)
        {
            notes.Add(fault.Message);
        }

        if (schedule.NeverFires)
        {
            notes.Add("This never fires: no moment matches");
        }
        else if (IsEitherDay(schedule))
        {
            notes.Add("Day of month and day of week are both given: either is enough");
        }

        if (schedule.IsRandom)
        {
            notes.Add("The daemon draws the ~ values when it reads the table; the runs shown are possible ones");
        }

        return notes;
    }

    private static bool IsEitherDay(Schedule schedule)
    {
        var fields = schedule.Fields;
        return !schedule.IsReboot && !schedule.BothDaysMustMatch
            && fields.Days is not (0 or ScheduleFields.AllDays) && fields.Weekdays is not (0 or ScheduleFields.AllWeekdays);
    }
}
